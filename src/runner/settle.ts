import { beginSql } from "../database/session-sql.ts";
import { SocratesError } from "../errors.ts";
import { recordApplySql, recordFailureSql, recordRollbackSql } from "../ledger/ledger.ts";
import { formatNumber } from "../migration-number.ts";
import type { MigrationFile } from "../migrations/files.ts";
import type { Direction } from "../migrations/scripts.ts";
import { scriptOf } from "../migrations/scripts.ts";
import type { MigrationStatus } from "../migrations/validate.ts";
import { concurrentIndex } from "../sql/statements.ts";
import { scriptSettingsSql } from "./fresh-session.ts";
import { dropIndexes, invalidIndexes } from "./half-built-index.ts";
import { type Proof, proofOf } from "./proof.ts";
import { guardSql, ledgerLockSql } from "./script-sql.ts";
import type { RunSettings } from "./settings.ts";
import { headOf, type LockedDatabase, refresh } from "./with-locks.ts";

/** The user's answer for an interrupted statement: whether it took effect. */
export interface Confirmation {
  readonly number: number;
  readonly outcome: Exclude<Proof, "unknown">;
}

/** The error for a statement that only a user can settle. @param before what is known about it */
export function unsettled({ id, number }: MigrationFile, before: string, cause?: unknown): SocratesError {
  const name = formatNumber(number);
  return new SocratesError("migration-interrupted", `${id} ${before}; whether it took effect is unknown`, {
    hint: `Check the database, then run socrates-db migrate --confirm ${name}=done if it took effect, or --confirm ${name}=undone to run it again.`,
    cause,
    ...(cause instanceof SocratesError && cause.location !== undefined && { location: cause.location }),
    ...(cause instanceof SocratesError && cause.sourceLine !== undefined && { sourceLine: cause.sourceLine }),
    ...(cause instanceof SocratesError && cause.sql !== undefined && { sql: cause.sql }),
  });
}

/** What the catalog proves; a half-built index is dropped, so that it can be rebuilt. */
async function prove({ session }: LockedDatabase, file: MigrationFile, direction: Direction): Promise<Proof> {
  const { noTransaction, statements } = scriptOf(file, direction);
  const [statement] = statements;
  if (!noTransaction || statement === undefined) return "unknown";
  const index = concurrentIndex(statement);
  const left = index === undefined ? [] : await invalidIndexes(session, index);
  await dropIndexes(session, left);
  return left.length > 0 ? "undone" : proofOf(session, statement, file.number);
}

/** Records the outcome of an interrupted statement. */
async function settle(
  { key, session, lock, applied }: LockedDatabase,
  file: MigrationFile,
  direction: Direction,
  outcome: Exclude<Proof, "unknown">,
  settings: RunSettings,
): Promise<void> {
  const { number } = file;
  const guard = guardSql({ chain: key, head: headOf(applied), number, applied: direction === "down", lock });
  const recordDone = direction === "up" ? recordApplySql : recordRollbackSql;
  const record =
    outcome === "done"
      ? recordDone(file, settings.toolVersion, "0")
      : recordFailureSql(file, settings.toolVersion);
  await session
    .run(
      `${beginSql} ${scriptSettingsSql(settings, "LOCAL")} ${ledgerLockSql(lock)} ${guard} ${record}; COMMIT`,
    )
    .catch(async (error: unknown) => {
      await session.run("ROLLBACK").catch(() => {});
      throw error;
    });
  settings.report({ kind: "settled", file, direction, outcome });
}

function interruptedOf({ statuses }: LockedDatabase): MigrationStatus[] {
  return statuses.filter(({ state }) => state === "interrupted");
}

/** Refuses a confirmation for a migration that is not interrupted. @throws SocratesError `usage` */
function checkConfirmation(
  databases: readonly LockedDatabase[],
  confirmation: Confirmation | undefined,
): void {
  if (confirmation === undefined) return;
  const name = formatNumber(confirmation.number);
  const candidates = databases.flatMap(interruptedOf).map(({ number }) => formatNumber(number));
  if (candidates.includes(name)) return;
  throw new SocratesError("usage", `cannot confirm migration ${name}: it is not interrupted`, {
    hint:
      candidates.length === 0
        ? "Leave out --confirm: no migration is interrupted."
        : `These are interrupted: ${candidates.join(", ")}.`,
  });
}

/**
 * Settles unrecorded statements outside transactions: by the user's answer, or else by the catalog.
 * @returns the databases afterwards
 * @throws SocratesError `migration-interrupted` if neither settles one; `usage` for an unused confirmation
 */
export async function settleInterrupted(
  databases: readonly LockedDatabase[],
  settings: RunSettings,
  confirmation?: Confirmation,
): Promise<readonly LockedDatabase[]> {
  checkConfirmation(databases, confirmation);
  const settled: LockedDatabase[] = [];
  for (const database of databases) {
    const interrupted = interruptedOf(database);
    for (const { file, row, number } of interrupted) {
      if (file === undefined) continue;
      const direction = row === undefined ? "up" : "down";
      const outcome =
        confirmation?.number === number ? confirmation.outcome : await prove(database, file, direction);
      if (outcome === "unknown") throw unsettled(file, "was started and did not finish");
      await settle(database, file, direction, outcome, settings);
    }
    settled.push(interrupted.length === 0 ? database : { ...database, ...(await refresh(database)) });
  }
  return settled;
}
