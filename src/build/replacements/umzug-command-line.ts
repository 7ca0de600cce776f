/**
 * Umzug includes a command line, written with a library that takes longer to load than the rest of this program
 * together. It is never used here, so the build replaces that library with these empty classes.
 */
export class CommandLineAction {}
export class CommandLineParser {}
