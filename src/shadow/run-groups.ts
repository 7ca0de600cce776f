import { isServerError } from "../database/server-error.ts";
import type { RepairGroup, RepairPlan } from "../repair/plan-repair.ts";
import type { ObjectKey } from "../schema/model.ts";
import type { Shadow } from "./shadow.ts";

/** A statement that failed. */
export interface Failure {
  readonly text: string;
  readonly object: ObjectKey;
  readonly code: string;
}

/** The text of a server's error; others are not caught. */
export function messageOf(error: unknown): string {
  if (isServerError(error)) return error.message;
  throw error;
}

/** Applies the settings of a script. */
export async function applySettings(shadow: Shadow, { settings }: RepairPlan): Promise<void> {
  for (const sql of settings) await shadow.run(sql);
}

/** Runs the statements of a group until one fails, in the transaction that is open, if there is one. */
export async function runStatements(
  shadow: Shadow,
  { statements }: Pick<RepairGroup, "statements">,
): Promise<Failure | undefined> {
  for (const { sql, what, object } of statements) {
    const failure = await shadow.run(sql).then(
      () => undefined,
      (error: unknown) => ({
        text: `${what}: ${messageOf(error)} in: ${sql}`,
        object,
        code: isServerError(error) ? error.code : "",
      }),
    );
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** Runs a group as psql does. */
export async function runGroup(shadow: Shadow, group: RepairGroup): Promise<Failure | undefined> {
  if (!group.transaction) return runStatements(shadow, group);
  await shadow.run("BEGIN");
  const failure = await runStatements(shadow, group);
  await shadow.run(failure === undefined ? "COMMIT" : "ROLLBACK");
  return failure;
}

/** Runs all statements in the transaction that is open, indexes without CONCURRENTLY, which it does not allow. */
export async function runInside(shadow: Shadow, { statements }: RepairPlan): Promise<Failure | undefined> {
  return runStatements(shadow, {
    statements: statements.map((statement) => ({
      ...statement,
      sql: statement.sql.replace(/^((?:CREATE(?: UNIQUE)?|DROP) INDEX) CONCURRENTLY /, "$1 "),
    })),
  });
}
