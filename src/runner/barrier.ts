import { SocratesError } from "../errors.ts";
import { readLedger } from "../ledger/ledger.ts";
import { formatNumber } from "../migration-number.ts";
import type { Direction } from "../migrations/scripts.ts";
import type { LockedDatabase } from "./with-locks.ts";

/**
 * Fails if another run has reverted this one's changes: the databases would end at different phases.
 * @param numbers the ledger's current migrations
 * @throws SocratesError `lock-lost`
 */
export function checkUnchanged(
  { session, applied }: LockedDatabase,
  numbers: readonly number[],
  direction: Direction,
): void {
  const present = new Set(numbers);
  const undone = [...applied].find((number) => !present.has(number));
  const redone = numbers.find((number) => !applied.has(number));
  const moved = direction === "up" ? undone : redone;
  if (moved === undefined) return;
  const what = direction === "up" ? "rolled back" : "applied";
  throw new SocratesError(
    "lock-lost",
    `${session.label} was changed by another run: ${formatNumber(moved)} was ${what} meanwhile`,
    { hint: "Check socrates-db status, then run the command again when no other run is under way." },
  );
}

/**
 * Checks at the end of a phase that all databases are still in the state of this run. Under the lock no other run can
 * have changed them; behind a pooler the ledgers are read again.
 * @throws SocratesError `lock-lost`
 */
export async function checkBarrier(
  databases: readonly LockedDatabase[],
  direction: Direction,
): Promise<void> {
  await Promise.all(
    databases
      .filter(({ lock, info }) => !lock && info.hasLedger)
      .map(async (database) => {
        const { rows } = await readLedger(database.session);
        checkUnchanged(
          database,
          rows.map(({ number }) => number),
          direction,
        );
      }),
  );
}
