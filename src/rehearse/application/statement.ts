import type { Location } from "../../errors.ts";

/** A statement of the application that a planner can plan. */
export interface ApplicationStatement {
  /** As it was written. */
  readonly text: string;
  /** With numbered parameters. */
  readonly sql: string;
  /** Undefined for one that the target has recorded. */
  readonly location?: Location;
  /** Keys of the databases that it can belong to; undefined for any. */
  readonly databases?: readonly string[];
  /** Whether it has a `?` outside of strings: an operator, or a placeholder that is not supported. */
  readonly hasQuestionMark: boolean;
}

/** Text that could not be read, and the reason. */
export interface Unread {
  readonly location?: Location;
  readonly reason: string;
  readonly hint: string;
}

/** The statements of an application, and what was read besides them. */
export interface Application {
  /** Where they are from, for reports. */
  readonly origin: string;
  readonly statements: readonly ApplicationStatement[];
  /** Commands that have no plan, such as `SET`, `COPY` and `\echo`: once for each time that they occur. */
  readonly commands: readonly string[];
  readonly unread: readonly Unread[];
  /** How many were left out, as they belong to a database that is not selected, or are this program's own. */
  readonly leftOut: number;
}
