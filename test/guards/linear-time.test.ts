import vm from "node:vm";
import { describe, expect, it } from "vitest";
import { type Family, families } from "./support/hostile.ts";
import { document, documents, type Reader, readers } from "./support/readers.ts";

/**
 * In characters, the longer text being eight times the shorter one. What seems slow with the first pair is read again with
 * the second, where a time that grows with the square of the length is far from any other.
 */
const pairs = [
  { short: 1_000, long: 8_000 },
  { short: 4_000, long: 32_000 },
];

/** Below this, in microseconds of processor time, a ratio says nothing. */
const floor = 10_000;

/** Of the times for a pair. It is about 8 where the time grows with the length, 64 where it grows with its square. */
const mostGrowth = 24;

/** Ends a reader whose time grows so fast that it would never come back, in milliseconds. */
const hung = 60_000;

/** Processor time of one reading, in microseconds. */
function once(read: Reader, text: string): number {
  const before = process.cpuUsage();
  try {
    read(text);
  } catch {
    // Refused, which must not take longer than to be read.
  }
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** The least of a few times: what else the machine does only adds to it. */
function least(read: Reader, text: string): number {
  return Math.min(...Array.from({ length: 4 }, () => once(read, text)));
}

/** Whether the time that a reader takes for a family of texts grows with their length, and no faster. */
function isLinear(read: Reader, { make }: Family): boolean {
  return pairs.some(({ short, long }) => {
    const text = make(long);
    if (once(read, text) < floor) return true;
    const time = least(read, text);
    return time < floor || time < mostGrowth * least(read, make(short));
  });
}

/** The first family with which a reader is too slow. */
function slowWith(read: Reader, those: readonly Family[]): string | undefined {
  let name: string | undefined;
  const search = () => {
    for (const family of those) {
      name = family.name;
      if (!isLinear(read, family)) return;
    }
    name = undefined;
  };
  try {
    vm.runInNewContext("search()", { search }, { timeout: hung });
  } catch (cause) {
    throw new Error(`no end with ${name}`, { cause });
  }
  return name;
}

describe("the time to read a text grows with its length (fault 56)", () => {
  it.each(Object.entries(readers))("%s", (_, read) => expect(slowWith(read, families)).toBeUndefined());
  it.each(Object.entries(documents))("%s", (name, make) =>
    expect(slowWith(document, [{ name, make }])).toBeUndefined(),
  );
});
