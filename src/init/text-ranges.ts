import type { Range } from "./model.ts";

/** A text of the same length in which everything outside the ranges is blank, so that places remain the same. */
export function masked(text: string, ranges: readonly Range[]): string {
  const blank = (part: string) => part.replace(/[^\r\n]/g, " ");
  let at = 0;
  let result = "";
  for (const { start, end } of ranges) {
    result += blank(text.slice(at, start)) + text.slice(start, end);
    at = end;
  }
  return result + blank(text.slice(at));
}

/** The parts of ranges that are in another one. */
export function within(ranges: readonly Range[], { start, end }: Range): Range[] {
  return ranges
    .map((range) => ({ start: Math.max(range.start, start), end: Math.min(range.end, end) }))
    .filter((range) => range.start < range.end);
}

/** The parts of ranges that are outside another one. */
export function without(ranges: readonly Range[], { start, end }: Range): Range[] {
  return ranges.flatMap((range) => [
    ...within([range], { start: 0, end: start }),
    ...within([range], { start: end, end: Number.POSITIVE_INFINITY }),
  ]);
}

/** The text in the ranges. */
export function textIn(text: string, ranges: readonly Range[]): string {
  return ranges.map(({ start, end }) => text.slice(start, end)).join("");
}
