/** How much a statement writes and reads; what is unknown is absent, with a reason. */
export interface Sizes {
  /** Bytes of the tables and indexes that it builds or rewrites, with their TOAST tables. */
  readonly bytes?: number;
  /** Rows that it reads in full. */
  readonly rows?: number;
  /** Bytes on disk that it needs until the commit, besides the result: replaced files and sorts. */
  readonly temporaryBytes?: number;
  /** How long it runs, at the speeds of migrations that the ledger knows. */
  readonly seconds?: { readonly low: number; readonly high: number };
  readonly unknown?: Readonly<Partial<Record<"bytes" | "rows" | "seconds", string>>>;
}
