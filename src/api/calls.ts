import type { DrawnOptions } from "../compare/diagram.ts";
import type { ColumnsMode } from "../diagram/columns.ts";
import type { DiagramStyle } from "../diagram/styles.ts";
import { SocratesError } from "../errors.ts";
import type { Limit, RollbackLimit } from "../migrations/plan.ts";
import type { SeedEvent } from "../seed/events.ts";
import type { Scale } from "../seed/scales.ts";
import type { Duration, FindingsOptions, RunOptions, SignalOptions } from "./options.ts";

export interface MigrateCall extends RunOptions {
  /** Stop at the end of this phase. */
  readonly phase?: number;
  /** Stop after the migration of this number. */
  readonly to?: number;
  /** One transaction per database over everything that is pending. */
  readonly atomic?: boolean;
  /** Wait this long for a moment without sessions that the first statements would wait for; by default, do not wait. */
  readonly waitForQuiet?: Duration;
  /** Drop an invalid index that an earlier try of CREATE INDEX CONCURRENTLY has left, and build it again. */
  readonly rebuildInvalid?: boolean;
  /** What became of an interrupted statement outside transactions. */
  readonly confirm?: { readonly number: number; readonly outcome: "done" | "undone" };
}

/** How far to roll back: exactly one of `phase`, `to` and `steps`. */
export interface RollbackCall extends RunOptions {
  readonly phase?: number;
  readonly to?: number;
  readonly steps?: number;
  /** Drop tables and columns even if they hold rows. */
  readonly allowDataLoss?: boolean;
}

export interface ReadyCall extends SignalOptions {
  /** All migrations by default. */
  readonly phase?: number;
  /** 60 seconds by default; 0 checks once. */
  readonly timeout?: Duration;
  /** Receives what is missing whenever that changes. */
  readonly onWait?: (reason: string) => void;
}

/** Which files are rehearsed: the pending migrations by default. */
export interface RehearseCall extends FindingsOptions, SignalOptions {
  readonly phase?: number;
  /** The last migration. */
  readonly to?: number;
  /** The last migration that counts as applied; without it, the ledgers say so. */
  readonly since?: number;
  /** Paths of SQL files, migrations or not. */
  readonly files?: readonly string[];
  /** The application's statements to plan before and after: a folder of SQL files, or `live` for `pg_stat_statements`. */
  readonly statements?: string;
  /** Also report what the target is doing now that the first statements would wait for. */
  readonly live?: boolean;
  /** Wait this long for a moment without that. */
  readonly waitForQuiet?: Duration;
  /** A statistics file, for sizes; without one, a server that is asked anyway tells its own. */
  readonly stats?: string;
  /** Receives what is being done, in a few words. */
  readonly onProgress?: (text: string) => void;
}

export interface PullStatisticsCall extends SignalOptions {
  /** The file to write: `socrates-db.stats.json` by default. */
  readonly out?: string;
}

export interface DiffCall extends FindingsOptions {
  readonly from?: string;
  readonly to?: string;
  readonly phase?: number;
  /** What to compare in addition, for two live databases. */
  readonly privileges?: boolean;
  readonly owners?: boolean;
  readonly settings?: boolean;
}

/** What a generated script may do. */
export interface ScriptRules {
  /** Also drop tables and columns with the rows that they hold, and round or shorten values that do not fit a new type. */
  readonly allowDrops?: boolean;
  /** The shortest statements, whatever they lock. */
  readonly plain?: boolean;
  /** Renames, such as `public.jar=public.pot`, `public.jar.size=volume` and `public.mood:sad=blue`. */
  readonly renames?: readonly string[];
}

export interface RepairCall extends ScriptRules, SignalOptions, Pick<FindingsOptions, "ignore"> {
  /** The wanted schema: `document` by default. */
  readonly from?: string;
  /** The schema to change: `live` by default. */
  readonly to?: string;
  readonly phase?: number;
  /** The script in the other direction. */
  readonly down?: boolean;
  /** Whether grants and owners of existing objects also change, for two live databases. */
  readonly privileges?: boolean;
  readonly owners?: boolean;
}

export interface FromDocumentCall extends ScriptRules, SignalOptions {
  /** Description, which becomes the file names. */
  readonly name: string;
}

export interface VerifyCall extends FindingsOptions, SignalOptions {
  readonly phase?: number;
  /** How many dangling values of a reference are listed; 5 by default. */
  readonly sample?: number;
  readonly recall?: boolean;
  readonly onProgress?: (text: string) => void;
}

export interface DiagramCall extends DrawnOptions {
  /** `unicode` by default. */
  readonly style?: DiagramStyle;
  /** `none` by default. */
  readonly columns?: ColumnsMode;
  /** No limit by default. */
  readonly width?: number;
}

export interface PageCall extends FindingsOptions, SignalOptions {
  readonly onProgress?: (text: string) => void;
}

export interface SeedCall extends Omit<RunOptions, "onEvent"> {
  readonly users?: number;
  /** `small` by default. */
  readonly scale?: Scale;
  /** 1 by default. */
  readonly seed?: number;
  readonly mode?: "new" | "append" | "reset";
  readonly allowRemote?: boolean;
  readonly onEvent?: (event: SeedEvent) => void;
}

export interface CreateCall {
  /** Description, which becomes the file names. */
  readonly name: string;
  /** Key of the database. */
  readonly database: string;
  readonly phase: number;
}

/** Absolute paths of the files of a new migration. */
export interface CreatedFiles {
  readonly schemaVersion: 1;
  readonly files: { readonly up: string; readonly down: string };
}

/** Which migrations are new: those after `since`, or those among `files`; without both, the report says that it is unknown. */
export interface ReportCall extends FindingsOptions, SignalOptions {
  readonly since?: number;
  /** Paths of files that were added or changed, such as all of a branch. */
  readonly files?: readonly string[];
  readonly onProgress?: (text: string) => void;
}

export interface SyncDocumentCall extends SignalOptions {
  /** `migrations` by default. */
  readonly from?: "migrations" | "live";
  /** Remove the sections of tables that do not exist. */
  readonly prune?: boolean;
  /** Compare, and write nothing. */
  readonly dryRun?: boolean;
}

/** The limit of a rollback. @throws SocratesError `usage` unless exactly one is given */
export function rollbackLimit({ phase, to, steps }: RollbackCall): RollbackLimit {
  const limits = [
    ...(phase === undefined ? [] : [{ phase }]),
    ...(to === undefined ? [] : [{ number: to }]),
    ...(steps === undefined ? [] : [{ steps }]),
  ];
  const [limit, second] = limits;
  if (limit === undefined || second !== undefined)
    throw new SocratesError("usage", "rollback needs exactly one of phase, to and steps", {
      hint: "Write for example rollback({ phase: 2 }).",
    });
  return limit;
}

/** The limit of a migrate. @throws SocratesError `usage` for two */
export function migrateLimit({ phase, to }: MigrateCall): Limit {
  if (phase !== undefined && to !== undefined)
    throw new SocratesError("usage", "phase and to exclude each other", { hint: "Give one of them." });
  return { ...(phase !== undefined && { phase }), ...(to !== undefined && { number: to }) };
}
