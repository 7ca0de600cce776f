import type { Finding } from "../diff/finding.ts";
import type { LedgerRecord } from "../ledger/history.ts";
import { formatNumber } from "../migration-number.ts";
import { chainProblems, type MigrationStatus } from "../migrations/validate.ts";
import { displayPath } from "../sql/source-file.ts";

/** The ledger of one database, and its chain. */
export interface CheckedLedger {
  readonly key: string;
  readonly name: string;
  readonly statuses: readonly MigrationStatus[];
  readonly record: LedgerRecord;
}

function error(
  code: string,
  { key }: CheckedLedger,
  message: string,
  hint: string,
  rest: Partial<Finding> = {},
): Finding {
  return {
    code,
    severity: "error",
    database: key,
    kind: "ledger",
    object: "socrates_db",
    message,
    hint,
    ...rest,
  };
}

/** Files that changed after they were applied. */
function fileFindings(ledger: CheckedLedger): Finding[] {
  return chainProblems(ledger.statuses).map(({ status, message, hint }) =>
    error(status.state, ledger, message, hint, {
      object: `socrates_db.migrations.${formatNumber(status.number)}`,
      ...(status.row !== undefined &&
        status.file !== undefined && { expected: status.row.checksum, actual: status.file.checksum }),
      ...(status.file !== undefined && {
        location: { file: displayPath(status.file.source.path), line: 1, column: 1 },
      }),
    }),
  );
}

/** The applied migrations according to the history: the checksum of each number. */
function replay({ history }: LedgerRecord): { applied: Map<number, string>; unfinished: Set<number> } {
  const applied = new Map<number, string>();
  const unfinished = new Set<number>();
  for (const { action, number, checksum } of history) {
    if (action === "start") unfinished.add(number);
    else unfinished.delete(number);
    if (action === "apply" || action === "adopt") applied.set(number, checksum);
    if (action === "rollback") applied.delete(number);
  }
  return { applied, unfinished };
}

const byHand =
  "The ledger was changed by hand: restore it from a backup, or insert the row that the history has.";

/** Rows that do not match the history: both are written in the same transactions, and by nothing else. */
function historyFindings(ledger: CheckedLedger): Finding[] {
  const { applied, unfinished } = replay(ledger.record);
  const rows = new Map(ledger.statuses.flatMap(({ row }) => (row === undefined ? [] : [[row.number, row]])));
  const numbers = [...new Set([...applied.keys(), ...rows.keys()])].sort((a, b) => a - b);
  const about = (number: number) => ({ object: `socrates_db.migrations.${formatNumber(number)}` });
  return [
    ...numbers.flatMap((number) => {
      const [row, recorded] = [rows.get(number), applied.get(number)];
      const label = formatNumber(number);
      if (row === undefined)
        return [
          error(
            "row-lost",
            ledger,
            `the history of ${ledger.name} says that ${label} is applied, but its row is missing`,
            byHand,
            about(number),
          ),
        ];
      if (recorded === undefined)
        return [
          error(
            "row-forged",
            ledger,
            `${label} has a row in the ledger of ${ledger.name}, but the history says that it is not applied`,
            byHand,
            about(number),
          ),
        ];
      if (recorded !== row.checksum)
        return [
          error(
            "row-forged",
            ledger,
            `the checksum of ${label} in the ledger of ${ledger.name} differs from the history`,
            byHand,
            { ...about(number), expected: recorded, actual: row.checksum },
          ),
        ];
      return [];
    }),
    ...[...unfinished].map(
      (number): Finding => ({
        ...error(
          "unfinished",
          ledger,
          `${formatNumber(number)} was begun outside a transaction in ${ledger.name}, and neither finished nor failed`,
          "Run socrates-db migrate: it drops what is half-done and starts over.",
          about(number),
        ),
        severity: "warning",
      }),
    ),
  ];
}

/** Whether one database has begun a phase that another has not reached. */
function phaseFindings(ledgers: readonly CheckedLedger[]): Finding[] {
  const begun = ({ statuses }: CheckedLedger) =>
    Math.max(-1, ...statuses.filter(({ row }) => row !== undefined).map(({ phase }) => phase));
  const pending = ({ statuses }: CheckedLedger) =>
    Math.min(Infinity, ...statuses.filter(({ row }) => row === undefined).map(({ phase }) => phase));
  return ledgers.flatMap((ahead) =>
    ledgers.flatMap((behind): Finding[] => {
      const gap = begun(ahead) - pending(behind);
      if (ahead === behind || gap <= 0) return [];
      return [
        {
          ...error(
            "phase-gap",
            behind,
            `${ahead.name} has begun phase ${begun(ahead)}, but ${behind.name} has not finished phase ${pending(behind)}`,
            "Bring the databases to the same phase: socrates-db migrate",
          ),
          // Between the ends of two databases, a run is one phase apart.
          severity: gap === 1 ? "warning" : "error",
        },
      ];
    }),
  );
}

/** Databases whose marks in another one are further on, or that were replaced since. */
function markFindings(ledgers: readonly CheckedLedger[]): Finding[] {
  return ledgers.flatMap((witness) =>
    witness.record.peers.flatMap(({ peer, createdAt, historyId, seenAt }): Finding[] => {
      const other = ledgers.find(({ key }) => key === peer);
      const mark = other?.record.mark;
      if (other === undefined || mark === undefined) return [];
      const seen = `${witness.name} last recorded it on ${seenAt.toISOString().slice(0, 16).replace("T", " ")}Z`;
      if (mark.createdAt !== createdAt)
        return [
          error(
            "other-pair",
            other,
            `${other.name} is not the database that ${witness.name} was migrated with: ${seen}, with a ledger created at ${createdAt}, but this one was created at ${mark.createdAt}`,
            "Check the connection strings: all must lead to the same environment.",
            { expected: createdAt, actual: mark.createdAt },
          ),
        ];
      if (mark.historyId >= historyId) return [];
      return [
        error(
          "restored",
          other,
          `${other.name} was restored to an earlier time: its history ends at ${mark.historyId}, but ${seen}, at ${historyId}`,
          `Restore ${witness.name} to the same time, or find missing rows with: socrates-db verify references`,
          { expected: historyId, actual: mark.historyId },
        ),
      ];
    }),
  );
}

/** Whether the ledgers of all databases are sound, each by itself and together. */
export function verifyLedgers(ledgers: readonly CheckedLedger[]): Finding[] {
  return [
    ...ledgers.flatMap((ledger) => [...fileFindings(ledger), ...historyFindings(ledger)]),
    ...phaseFindings(ledgers),
    ...markFindings(ledgers),
  ];
}
