import { isConnectionLoss, lossReason } from "../database/connection-loss.ts";
import { sleep } from "../database/deadline.ts";
import type { Session } from "../database/session.ts";
import { SocratesError } from "../errors.ts";
import { type Ledger, readLedger } from "../ledger/ledger.ts";
import type { MigrationFile } from "../migrations/files.ts";
import type { Direction } from "../migrations/scripts.ts";
import { connect } from "../project/connect.ts";
import type { OpenDatabase } from "../project/open.ts";
import { isPooled } from "../project/preflight.ts";

/**
 * How long the backend of a lost connection may take to end, in milliseconds: until then its COMMIT may still happen.
 */
const backendEnd = 10_000;

/** A backend that has not noticed the loss after this time is terminated, as its locks would block the next run. */
const patience = 2_000;

/**
 * Waits until nothing that the lost connection has sent can still take effect.
 * @param pooled whether the backend belongs to a pooler, which also uses it for other clients
 */
async function waitForBackend(session: Session, pid: number, pooled: boolean): Promise<void> {
  const begin = performance.now();
  for (;;) {
    const waited = performance.now() - begin;
    const end = !pooled && waited > patience ? ", pg_terminate_backend(pid)" : "";
    const busy = pooled ? "AND state IS DISTINCT FROM 'idle'" : "";
    const rows = await session.read(
      `SELECT pid${end} FROM pg_stat_activity WHERE pid = ${pid} AND application_name LIKE 'socrates-db%' ${busy}`,
    );
    if (rows.length === 0 || waited > backendEnd) return;
    await sleep(100);
  }
}

/** Reads a database over a new connection, once nothing from the lost one can still take effect. */
export async function reconnect<T>(
  database: OpenDatabase,
  look: (session: Session) => Promise<T>,
): Promise<T> {
  const { session } = await connect(database, "recovery");
  try {
    await waitForBackend(session, database.info.backendPid, isPooled(database.session, database.info));
    return await look(session);
  } finally {
    await session.close();
  }
}

/** Describes what the ledger says about a migration. */
function outcomeOf(file: MigrationFile, { rows }: Ledger, direction: Direction): string {
  const inLedger = rows.some((row) => row.number === file.number && row.checksum === file.checksum);
  if (inLedger !== (direction === "up"))
    return file.noTransaction
      ? "it is not recorded, and whether it took effect is unknown"
      : "it had no effect";
  return direction === "down" ? "it was rolled back" : "it was applied";
}

/**
 * After a lost connection it is open whether the last COMMIT took effect, so the ledger is read over a new connection
 * before anything is reported. Other errors pass through.
 */
export async function resolveLoss(
  error: unknown,
  database: OpenDatabase,
  file: MigrationFile,
  direction: Direction,
): Promise<unknown> {
  if (!isConnectionLoss(error) || database.target.kind !== "server") return error;
  const lost = `the connection to ${database.session.label} was lost during ${file.id}`;
  const reason = lossReason(error);
  try {
    const outcome = outcomeOf(file, await reconnect(database, readLedger), direction);
    return new SocratesError("connection-lost", `${lost} (${reason}); by the ledger, ${outcome}`, {
      hint: "Run the command again to continue from there.",
      cause: error,
    });
  } catch (cause) {
    return new SocratesError(
      "connection-lost",
      `${lost} (${reason}), and the ledger cannot be read: whether it took effect is unknown`,
      {
        hint: "When the server answers again, run the command again: it continues from what the ledger says.",
        cause,
      },
    );
  }
}
