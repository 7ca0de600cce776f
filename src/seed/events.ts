import type { RunEvent } from "../runner/settings.ts";

/** What happens while rows are made, for whoever shows progress. */
export type SeedEvent =
  | Extract<RunEvent, { kind: "waiting" }>
  /** `expected` is an estimate of all rows of all databases. */
  | { readonly kind: "begin"; readonly expected: number }
  | { readonly kind: "rows"; readonly database: string; readonly table: string; readonly rows: number }
  | { readonly kind: "loaded"; readonly database: string; readonly table: string; readonly rows: number }
  | { readonly kind: "finishing"; readonly database: string; readonly what: string };
