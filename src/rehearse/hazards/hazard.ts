import type { Severity } from "../../severity.ts";
import type { MigrationRun } from "./run.ts";

/** Something that a statement does to others, or that happens to it, in production. */
export interface Hazard {
  readonly id: string;
  readonly severity: Severity;
  /** When it applies, in one sentence. */
  readonly condition: string;
  /** What happens then. */
  readonly effect: string;
  /** The safer way, with SQL to write instead. */
  readonly instead: string;
  /** Where the rule is stated: a section of PostgreSQL's manual. */
  readonly source: string;
}

/** A place where a hazard applies. */
export interface Found {
  /** The index of the statement in its file. */
  readonly at: number;
  /** The relation, as SQL writes its name. */
  readonly object?: string;
  /** What is the case here, on one line. */
  readonly message: string;
  /** The SQL to write instead, where the catalogs say it. */
  readonly instead?: string;
}

/** Finds one hazard in what a migration did. */
export interface HazardRule {
  readonly id: string;
  readonly find: (run: MigrationRun) => readonly Found[];
}
