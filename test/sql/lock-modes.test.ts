import { expect, it } from "vitest";
import { excludes } from "../../src/sql/lock-modes.ts";

/** The table of the manual, section 13.3.1: an x where two modes exclude each other. */
const manual: readonly (readonly [mode: string, row: string])[] = [
  ["AccessShareLock", ".......x"],
  ["RowShareLock", "......xx"],
  ["RowExclusiveLock", "....xxxx"],
  ["ShareUpdateExclusiveLock", "...xxxxx"],
  ["ShareLock", "..xx.xxx"],
  ["ShareRowExclusiveLock", "..xxxxxx"],
  ["ExclusiveLock", ".xxxxxxx"],
  ["AccessExclusiveLock", "xxxxxxxx"],
];

it.each(manual)("%s excludes what the manual says", (mode, row) => {
  expect(manual.map(([other]) => (excludes(mode, other) ? "x" : ".")).join("")).toBe(row);
});

it("knows no other modes", () => {
  expect([
    excludes("SIReadLock", "AccessExclusiveLock"),
    excludes("AccessExclusiveLock", "SIReadLock"),
  ]).toEqual([false, false]);
});
