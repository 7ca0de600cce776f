/** Defined by the bundler, so that it is missing where the sources run. */
declare const sourcesHash: string | undefined;

/**
 * A hash of the sources and the locked packages from which the program was built: equal for all its bundles, and
 * different as soon as a reader, a parser or the embedded engine may be different.
 */
export const buildId: string = typeof sourcesHash === "string" ? sourcesHash : "sources";
