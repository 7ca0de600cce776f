import { describe, expect, it } from "vitest";
import { type DatabaseStatus, phaseWords } from "../../src/project/status.ts";
import { statusText } from "../../src/report/status.ts";
import { style } from "../../src/report/style.ts";

function database(key: string, first: number, more = ""): DatabaseStatus {
  const migration = (number: number) => ({
    number,
    name: `make_what_${key}_needs${more}_${number}`,
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
  it.each([
    ["of 100 columns", 100],
    ["without a width", undefined],
  ])("%s has one", (_, width) => {
    expect(statusText([database("auth", 1), database("specs", 3)], style(false, width))).toContain("┌");
  });

  const drawn = (more: string, width: number) =>
    statusText([database("auth", 1, more), database("specs", 3, more)], style(false, width)).split("\n");

  // From 130 columns the state is on the line of the name, so a longer name decides.
  it.each(["", "_and_more", "_and_more_of_what_is_long_enough", "_and_more_of_what_is_longer_than_that_one"])(
    "has its table from exactly the width that it needs (names with %j)",
    (more) => {
      const widths = Array.from({ length: 250 }, (_, i) => i + 20);
      const first = widths.find((width) => drawn(more, width)[0]?.startsWith("┌"));
      expect(first).toBe(drawn(more, first ?? 0)[0]?.length);
    },
  );
  it.each([
    [129, "4 lines", 4],
    [130, "2 lines", 2],
  ])("of %i columns has two migrations in %s", (width, _, lines) => {
    expect(drawn("", width).filter((line) => /make_what|pending {2}/.test(line))).toHaveLength(lines);
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
