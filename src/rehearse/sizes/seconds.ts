import type { KnownDuration } from "../../statistics/model.ts";
import type { Sizes } from "./stated.ts";
import { totalWork, type Work } from "./work.ts";

/** A shorter migration spends its time on other things than its rows, in milliseconds. */
const shortest = 100;
/** A range needs two speeds. */
const fewest = 2;
/** Speeds that differ more tell nothing about the next statement. */
const widest = 4;
/** A speed is derived from a migration that spent at least this part of its time on it. */
const smallestPart = 1 / 3;

/** Amounts per millisecond, by kind of work. */
type Speeds = ReadonlyMap<string, readonly number[]>;

function middle(speeds: readonly number[]): number {
  return Math.sqrt(Math.min(...speeds) * Math.max(...speeds));
}

/** The speed of the one kind of work in a migration whose speed is open, after the time of those that are known. */
function derived(
  { work, durationMs }: KnownDuration,
  known: Speeds,
): { readonly kind: string; readonly speed: number } | undefined {
  const open = Object.entries(work).filter(([kind]) => !known.has(kind));
  const [[kind, amount] = ["", 0], second] = open;
  if (amount === 0 || second !== undefined) return undefined;
  const others = Object.entries(work).reduce((sum, [other, of]) => {
    const speeds = known.get(other);
    return speeds === undefined ? sum : sum + of / middle(speeds);
  }, 0);
  const left = durationMs - others;
  return left < durationMs * smallestPart ? undefined : { kind, speed: amount / left };
}

/** First of migrations with one kind of work, then of those with one more kind. */
function speedsOf(durations: readonly KnownDuration[]): Speeds {
  const speeds = new Map<string, readonly number[]>();
  const long = durations.filter(({ durationMs }) => durationMs >= shortest);
  for (let before = -1; before < speeds.size; ) {
    before = speeds.size;
    const found = long.flatMap((duration) => derived(duration, speeds) ?? []);
    for (const { kind, speed } of found) speeds.set(kind, [...(speeds.get(kind) ?? []), speed]);
  }
  return speeds;
}

/** Why the time of some work is unknown; undefined if it is not. */
function gap(work: Work, speeds: Speeds): string | undefined {
  for (const kind of Object.keys(work)) {
    const own = speeds.get(kind) ?? [];
    if (own.length < fewest)
      return `of the ledger's migrations at known sizes, ${own.length} tell the speed of ${kind}; ${fewest} are needed`;
    if (Math.max(...own) > widest * Math.min(...own))
      return `the ledger's migrations differ by more than ${widest} times in the speed of ${kind}`;
  }
  return undefined;
}

/** To two digits. */
function rounded(milliseconds: number): number {
  return Number((milliseconds / 1000).toPrecision(2));
}

/**
 * Sizes with the time that they take, as a range between the slowest and the fastest migrations with the same kinds of
 * work. Without two of each the time is unknown.
 * @param work undefined for a query @param durations of migrations of the target
 */
export function withSeconds(
  sizes: Sizes,
  work: Work | undefined,
  durations: readonly KnownDuration[],
): Sizes {
  const { bytes, rows, unknown } = sizes;
  if (bytes === 0 && rows === 0) return sizes;
  const because = (seconds: string): Sizes => ({ ...sizes, unknown: { ...unknown, seconds } });
  if (bytes === undefined || rows === undefined) return because("its size is not known");
  if (work === undefined) return because("how long its query runs depends on its plan");
  const speeds = speedsOf(durations);
  const amounts = totalWork([work]);
  const reason = gap(amounts, speeds);
  if (reason !== undefined) return because(reason);
  const time = (limit: (...speeds: number[]) => number) =>
    Object.entries(amounts).reduce((sum, [kind, of]) => sum + of / limit(...(speeds.get(kind) ?? [])), 0);
  return { ...sizes, seconds: { low: rounded(time(Math.max)), high: rounded(time(Math.min)) } };
}
