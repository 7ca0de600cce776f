/** The files of a document: relative patterns start at the base. */
export interface DocumentPlaces {
  /** Absolute path of a folder. */
  readonly base: string;
  /** Files and globs: `docs/shop.md`, `docs/stock/*.md`. */
  readonly patterns: readonly string[];
}
