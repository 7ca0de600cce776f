import { describe, expect, it } from "vitest";
import { type DatabaseStatus, phaseWords } from "../../src/project/status.ts";
import { statusText } from "../../src/report/status.ts";
import { style } from "../../src/report/style.ts";

function database(key: string, first: number): DatabaseStatus {
  const migration = (number: number) => ({
    number,
    name: `make_what_${key}_needs_${number}`,
    phase: 0,
    state: "pending" as const,
    row: undefined,
    file: undefined,
  });
  return {
    key,
    target: { label: "here", fields: { engine: "embedded", folder: "here" } },
    head: null,
    phase: null,
    phaseText: "no phase complete",
    migrations: [migration(first), migration(first + 1)],
    problems: [],
  };
}

describe("status on a narrow terminal", () => {
  it.each([20, 40, 60, 71])("of %i columns has no table that breaks", (width) => {
    const text = statusText([database("auth", 1), database("specs", 3)], style(false, width));
    expect(text).not.toMatch(/[│┌]/);
    for (const number of ["001", "002", "003", "004"]) expect(text).toContain(`${number} make_what_`);
    for (const line of text.trimEnd().split("\n")) expect(line.length).toBeLessThanOrEqual(60);
  });
  it.each([100, undefined])("of %s columns has one", (width) => {
    expect(statusText([database("auth", 1), database("specs", 3)], style(false, width))).toContain("┌");
  });
});

describe("the phase of a database in words", () => {
  it.each([
    [null, [0, 1], [0, 1], "no phase complete"],
    [1, [0, 1], [0, 1], "phase 1"],
    [1, [0, 1, 3], [0, 1, 2, 3], "phase 1, no migrations in phase 2"],
    [3, [0, 1, 3], [0, 1, 2, 3, 4, 6, 5], "phase 3, no migrations in phases 4, 5, 6"],
    [0, [0, 1], [0, 1, 2], "phase 0"],
  ])("reached %s, own %j, of all %j", (reached, own, all, text) => {
    expect(phaseWords(reached, own, all)).toBe(text);
  });
});
