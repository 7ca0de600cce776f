/**
 * Umzug brings a command line of its own, written with a library that takes longer to load than the rest of this program
 * together. It is never started here, so the build puts these empty classes in that library's place.
 */
export class CommandLineAction {}
export class CommandLineParser {}
