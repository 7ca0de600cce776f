import type { KnownDuration } from "../../statistics/model.ts";
import type { Sizes } from "./sizes.ts";

/** A shorter migration spends its time on other things than its rows, in milliseconds. */
const shortest = 100;
/** A range needs two speeds. */
const fewest = 2;

/** What a statement does for each row or byte: it writes files, or only reads. */
function workOf({ bytes, rows }: Pick<KnownDuration, "bytes" | "rows">): {
  readonly writes: boolean;
  readonly amount: number;
} {
  return bytes > 0 ? { writes: true, amount: bytes } : { writes: false, amount: rows };
}

/** To two digits. */
function rounded(seconds: number): number {
  return Number(seconds.toPrecision(2));
}

/**
 * Sizes with the time that they take, as a range between the slowest and the fastest migration of the same kind.
 * Without two of these the time is unknown.
 * @param durations of migrations of the target
 */
export function withSeconds(sizes: Sizes, durations: readonly KnownDuration[]): Sizes {
  const { bytes, rows, unknown } = sizes;
  if (bytes === 0 && rows === 0) return sizes;
  if (bytes === undefined || rows === undefined)
    return { ...sizes, unknown: { ...unknown, seconds: "its size is not known" } };
  const { writes, amount } = workOf({ bytes, rows });
  const speeds = durations
    .filter(({ durationMs }) => durationMs >= shortest)
    .map((known) => ({ ...workOf(known), durationMs: known.durationMs }))
    .filter((known) => known.writes === writes && known.amount > 0)
    .map((known) => known.amount / known.durationMs);
  if (speeds.length < fewest) {
    const kind = writes ? "write tables or indexes" : "only read tables";
    const reason = `of the ledger's migrations that ${kind}, ${speeds.length} ran at known sizes; ${fewest} are needed`;
    return { ...sizes, unknown: { ...unknown, seconds: reason } };
  }
  const seconds = {
    low: rounded(amount / Math.max(...speeds) / 1000),
    high: rounded(amount / Math.min(...speeds) / 1000),
  };
  return { ...sizes, seconds };
}
