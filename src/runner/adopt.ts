import type { Session } from "../database/session.ts";
import { beginSql } from "../database/session-sql.ts";
import { SocratesError } from "../errors.ts";
import { readLedger, recordAdoptSql } from "../ledger/ledger.ts";
import { recordPeers } from "../ledger/peers.ts";
import type { MigrationFile } from "../migrations/files.ts";
import { scriptOf } from "../migrations/scripts.ts";
import { recordExtensionsSql } from "../project/extensions.ts";
import type { OpenDatabase } from "../project/open.ts";
import { checkWritable, readServerInfo } from "../project/preflight.ts";
import { scriptSettingsSql } from "./fresh-session.ts";
import { resolveLoss } from "./lost-commit.ts";
import { guardSql, ledgerLockSql, verdictOf } from "./script-sql.ts";
import type { RunSettings } from "./settings.ts";
import { interrupted, rollBack } from "./transaction.ts";
import { holdLocks, ledgerNotMade, makeLedgerSql } from "./with-locks.ts";

/** The applied migrations of each database, by key; undefined if one of them matches no point of its chain. */
export type Decision = ReadonlyMap<string, readonly MigrationFile[]> | undefined;

/** The error for a database that already has a ledger. */
export function hasLedger(labels: readonly string[]): SocratesError {
  return new SocratesError(
    "nothing-to-adopt",
    `nothing to adopt: ${labels.join(" and ")} ${labels.length === 1 ? "has" : "have"} a ledger already`,
    { hint: "Run socrates-db status for its state, and socrates-db diff for its differences." },
  );
}

/** Another runner may have changed the database before the lock was taken. */
async function checkUnledgered(session: Session): Promise<void> {
  const { hasLedger: present } = await readServerInfo(session);
  if (present && (await readLedger(session)).rows.length > 0) throw hasLedger([session.label]);
}

/** Writes the rows, and leaves the transaction open. */
async function write(
  { session, key }: OpenDatabase,
  files: readonly MigrationFile[],
  lock: boolean,
  settings: RunSettings,
): Promise<void> {
  const [first] = files;
  if (first === undefined) return;
  await session.run(`${beginSql} ${makeLedgerSql(key, settings)}`).catch((error: unknown) => {
    throw ledgerNotMade(session, error, settings);
  });
  const guard = guardSql({ chain: key, head: null, number: first.number, applied: false, lock });
  // Existing extensions were not created by a migration, so no rollback drops them.
  const rows = files.map(
    (file) =>
      `${recordExtensionsSql(file, scriptOf(file, "up"))} ${recordAdoptSql(file, settings.toolVersion)}`,
  );
  await session
    .run(`${scriptSettingsSql(settings, "LOCAL")} ${ledgerLockSql(true)}\n${guard}\n${rows.join("\n")}`)
    .catch((error: unknown) => {
      const verdict = verdictOf(error);
      throw verdict === "done" || verdict === "moved" ? hasLedger([session.label]) : error;
    });
}

/** Commits one after the other; a second run completes the rest after a failure in between. */
async function commit(databases: readonly OpenDatabase[], decision: Decision): Promise<void> {
  for (const database of databases) {
    const last = decision?.get(database.key)?.at(-1);
    if (last === undefined) continue;
    try {
      await database.session.run("COMMIT");
    } catch (error) {
      throw await resolveLoss(error, database, last, "up");
    }
  }
}

/**
 * Writes the ledgers of databases that already have their schema: decides while all of them are locked, and writes
 * each ledger in one transaction. Nothing is written unless every database can be.
 * @param open without a ledger, or with an empty one
 * @throws SocratesError `lock-held`, `read-only`, `privilege-missing`, `connection-lost`, `interrupted`
 */
export async function writeAdopted(
  open: readonly OpenDatabase[],
  settings: RunSettings,
  decide: () => Promise<Decision>,
): Promise<void> {
  for (const { session, info } of open) checkWritable(session, info);
  await holdLocks(open, settings, async (held) => {
    for (const { session } of open) await checkUnledgered(session);
    const decision = await decide();
    if (decision === undefined) return;
    const adopting = open.filter(({ key }) => (decision.get(key) ?? []).length > 0);
    try {
      for (const database of adopting)
        await write(database, decision.get(database.key) ?? [], held.has(database), settings);
      if (settings.signal.aborted) throw interrupted();
      await commit(adopting, decision);
    } catch (error) {
      await Promise.all(adopting.map(({ session }) => rollBack(session, error)));
      throw error;
    }
    await recordPeers(adopting, adopting);
  });
}
