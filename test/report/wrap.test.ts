import { describe, expect, it } from "vitest";
import { indented, wrapped } from "../../src/report/wrap.ts";

const sql = "ALTER INDEX public.idx_users_email RENAME TO idx_users_mail";
const command = "socrates-db adopt --database auth";

describe("hints on a terminal", () => {
  it.each([
    ["one line without a terminal", `Rename it back: ${sql}`, undefined, [`Rename it back: ${sql}`]],
    [
      "lines between words",
      "Check the status, then run it again.",
      20,
      ["Check the status,", "then run it again."],
    ],
    ["SQL to the end on a separate line", `Rename it back: ${sql}`, 40, ["Rename it back:", sql]],
    [
      "SQL up to its semicolon",
      `Run ${sql}; then run this again.`,
      40,
      ["Run", `${sql};`, "then run this again."],
    ],
    [
      "SQL up to the end of its sentence",
      `Run: ${sql}. Or write it into a migration.`,
      40,
      ["Run:", `${sql}. Or`.replace(" Or", ""), "Or write it into a migration."],
    ],
    [
      "commands as a whole",
      `To continue: ${command}, then check.`,
      30,
      ["To continue:", `${command},`, "then check."],
    ],
    ["names that would break a line", "Use a\nb", 20, ["Use a\\nb"]],
  ])("%s", (_, text, width, lines) => {
    expect(wrapped(text, width)).toEqual(lines);
  });

  it("an indent counts towards the width, and is before each line", () => {
    expect(indented("one two three four five six", "    ", 24)).toEqual([
      "    one two three four",
      "    five six",
    ]);
    // On a terminal without enough columns, a line still has a few words.
    expect(indented("one two three", "          ", 12)).toEqual(["          one two three"]);
  });
});
