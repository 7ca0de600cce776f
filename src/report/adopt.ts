import type { AdoptedDatabase, AdoptOutcome } from "../adopt/adopt.ts";
import { formatNumber } from "../migration-number.ts";

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

/** A line for each database: its point in the chain, and what was done. */
export function adoptLines(databases: readonly AdoptedDatabase[], outcome: AdoptOutcome): string[] {
  const lines = databases.map((database) => {
    const { key } = database;
    if (database.state === "ledger") return `${key}: already has a ledger`;
    if (database.state === "empty") return `${key}: has nothing of its chain; socrates-db migrate creates it`;
    const { point, phase, files, errors } = database;
    const where = `${point.id}, ${phase === null ? "no phase complete" : `phase ${phase}`}`;
    if (database.state === "differs")
      return `${key}: matches no point of its chain; the nearest is ${where}, with ${count(errors, "difference")}`;
    const numbers = files.map(({ number }) => formatNumber(number)).join(", ");
    if (outcome === "adopted") return `${key}: adopted at ${where}: ${numbers}`;
    return `${key}: matches ${where}: ${numbers}`;
  });
  return outcome === "adopted" ? lines : [...lines, "nothing was written"];
}

function migrationJson({ number, name, phase }: { number: number; name: string; phase: number }) {
  return { number, name, phase };
}

/** Additional keys of the JSON. */
export function adoptDetails(
  databases: readonly AdoptedDatabase[],
  outcome: AdoptOutcome,
): Record<string, unknown> {
  const entries = databases.map((database) => {
    const { key } = database;
    if (database.state === "ledger" || database.state === "empty")
      return [key, { state: database.state }] as const;
    const { state, point, phase, files } = database;
    return [
      key,
      state === "fits"
        ? {
            state: outcome === "adopted" ? "adopted" : state,
            head: point.number,
            phase,
            adopted: files.map(migrationJson),
          }
        : { state, nearest: migrationJson(point) },
    ] as const;
  });
  return { outcome, databases: Object.fromEntries(entries) };
}
