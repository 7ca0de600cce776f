import { expect, it } from "vitest";
import { readDirectives } from "../../src/migrations/directives.ts";

/** The minimum processor time of a few runs, in microseconds; other load only adds to it. */
function cost(text: string): number {
  const runs = Array.from({ length: 3 }, () => {
    const before = process.cpuUsage();
    readDirectives({ path: "/x.sql", text });
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  return Math.min(...runs);
}

/** Below this, in microseconds, a ratio means nothing. */
const floor = 20_000;

it.each([
  ["dashes", (n: number) => "-".repeat(n)],
  ["dashes and a word", (n: number) => `--a${"-".repeat(n)} `],
  ["blanks within a comment", (n: number) => `-- a: b${" ".repeat(n)}c`],
  ["blanks before a colon", (n: number) => `-- a${" ".repeat(n)}b`],
  ["a long word", (n: number) => `-- ${"a".repeat(n)}!`],
])("a header comment is read in linear time: %s", (_, line) => {
  const [short, long] = [10_000, 80_000].map((n) => cost(`${line(n)}\nSELECT 1;\n`));
  expect(long).toBeLessThan(Math.max(floor, 24 * (short ?? 0)));
});
