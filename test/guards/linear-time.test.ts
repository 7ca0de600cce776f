import vm from "node:vm";
import { describe, expect, it } from "vitest";
import { type Family, families } from "./support/hostile.ts";
import { document, documents, type Reader, readers } from "./support/readers.ts";

/**
 * Lengths in characters; the longer text has eight times the length. A reader that seems slow with the first pair is
 * measured again with the second, where quadratic time is clearly visible.
 */
const pairs = [
  { short: 1_000, long: 8_000 },
  { short: 4_000, long: 32_000 },
];

/** Below this, in microseconds of processor time, a ratio means nothing. */
const floor = 10_000;

/** The limit for the ratio of a pair: about 8 for linear time, 64 for quadratic time. */
const mostGrowth = 24;

/** Ends a reader whose time grows so fast that it would not return, in milliseconds. */
const hung = 60_000;

/** Processor time of one reading, in microseconds. */
function once(read: Reader, text: string): number {
  const before = process.cpuUsage();
  try {
    read(text);
  } catch {
    // A refusal must not take longer than reading.
  }
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** The minimum of several times: other load on the machine only adds to it. */
function least(read: Reader, text: string): number {
  return Math.min(...Array.from({ length: 4 }, () => once(read, text)));
}

/** Whether a reader's time for a family of texts is linear. */
function isLinear(read: Reader, { make }: Family): boolean {
  return pairs.some(({ short, long }) => {
    const text = make(long);
    if (once(read, text) < floor) return true;
    const time = least(read, text);
    return time < floor || time < mostGrowth * least(read, make(short));
  });
}

/** The first family for which a reader is too slow. */
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

describe("the time to read a text is linear (fault 56)", () => {
  it.each(Object.entries(readers))("%s", (_, read) => expect(slowWith(read, families)).toBeUndefined());
  it.each(Object.entries(documents))("%s", (name, make) =>
    expect(slowWith(document, [{ name, make }])).toBeUndefined(),
  );
});
