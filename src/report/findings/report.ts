import type { Finding, Summary } from "../../diff/finding.ts";

/** How much one check found. */
export interface CheckCounts extends Summary {
  readonly name: string;
}

/** What a check reports, for every output format. */
export interface FindingsReport {
  /** The command, for example `diff` or `verify indexes`. */
  readonly title: string;
  /** Sorted. */
  readonly findings: readonly Finding[];
  readonly counts: Summary;
  /** What was compared or checked, a line each; for people. */
  readonly summary: readonly string[];
  /** Where several checks ran: how much each of them found. */
  readonly checks?: readonly CheckCounts[];
  /** A file for findings that are stated nowhere, as some readers take none without one: the document, or the config file. */
  readonly place: string;
  /** Whether the run ended with an error, which is then the only finding. */
  readonly failed?: boolean;
  /** What was checked and is right, for reports of test cases. */
  readonly passed?: readonly { readonly database: string; readonly name: string }[];
  /** Further keys of the JSON. */
  readonly details?: Readonly<Record<string, unknown>>;
}
