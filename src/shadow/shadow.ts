import type { ReadSchemaOptions } from "../catalog/read.ts";
import { isServerError } from "../database/server-error.ts";
import type { Session } from "../database/session.ts";
import type { Schema } from "../schema/model.ts";

/** An empty database for SQL that others wrote. */
export interface Shadow extends Session {
  /** Runs SQL in the open transaction, without creating what it lacks: that would end the transaction. */
  runAsIs<Row extends object>(sql: string): Promise<readonly Row[]>;
  /** Whether a statement is not run here, and reported instead. */
  skips(sql: string): boolean;
  /** Whether SQL may have failed because it depends on an extension that the engine lacks. */
  lacks(error: unknown): boolean;
  /** Whether a failed statement is left out, and reported, as it depends on an extension that the engine lacks. */
  leaveOut(sql: string, error: unknown): boolean;
  /** The schema, with what was left out. */
  readSchema(options?: ReadSchemaOptions): Promise<Schema>;
  /** The same within the open transaction, which stays open. */
  readSchemaInside(options?: ReadSchemaOptions): Promise<Schema>;
}

/** The role that a failed statement names and the server does not have. */
export function missingRole(error: unknown): string | undefined {
  return isServerError(error) ? /^role "(.+)" does not exist$/.exec(error.message)?.[1] : undefined;
}

/** The tablespace that a failed statement names and the server does not have. */
export function missingTablespace(error: unknown): string | undefined {
  return isServerError(error) ? /^tablespace "(.+)" does not exist$/.exec(error.message)?.[1] : undefined;
}

const longest = 60;

/** The start of a statement, on one line. */
export function shownSql(sql: string): string {
  const line = sql.replace(/\s+/g, " ").trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
