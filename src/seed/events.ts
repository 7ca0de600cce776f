import type { RunEvent } from "../runner/settings.ts";

/** The events of a seed run, for progress reports. */
export type SeedEvent =
  | Extract<RunEvent, { kind: "waiting" }>
  /** `expected` is an estimate of all rows in all databases. */
  | { readonly kind: "begin"; readonly expected: number }
  | { readonly kind: "rows"; readonly database: string; readonly table: string; readonly rows: number }
  | { readonly kind: "loaded"; readonly database: string; readonly table: string; readonly rows: number }
  | { readonly kind: "finishing"; readonly database: string; readonly what: string };
