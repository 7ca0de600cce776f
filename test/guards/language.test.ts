import { describe, expect, it } from "vitest";
import { findWordings } from "./language/find.mjs";

const found = (file: string, content: string) =>
  findWordings(file, content)?.map(({ line, words }) => `${line}: ${words}`);

describe("the check of wordings reads", () => {
  it.each<[what: string, file: string, content: string, expected: readonly string[]]>([
    ["comments", "a.ts", "const a = 1; // Mend it.\n", ["1: Mend"]],
    ["a wording across lines", "a.ts", "/**\n * Of these the one is\n * no integer.\n */\n", ["2: is no"]],
    ["strings", "a.ts", 'const a = "mend the file";', ["1: mend"]],
    ["no identifiers", "a.ts", 'import { mend } from "./mend.ts";\nconst gone = "gone";', []],
    [
      "templates",
      "a.ts",
      "const a = `it is no\n" + "$" + "{b ? `gone now` : 1} x`;",
      ["1: is no", "2: gone"],
    ],
    ["text after a regular expression", "a.ts", "const a = /[/'\"]\\//;\nconst b = 'mend it';", ["2: mend"]],
    ["text after a division", "a.ts", "const a = b / c;\nconst d = 'mend it'; // a / b\n", ["2: mend"]],
    ["no code in comments", "a.ts", "/** Sets `gone` and {@link a}. */\n", []],
    [
      "Markdown without code",
      "a.md",
      "`gone`\n\n```sql\n-- mend\n```\nWhoever mends\n",
      ["6: Whoever", "6: mends"],
    ],
    [
      "comments of SQL",
      "a.sql",
      "SELECT 'gone'; -- held against it\n-- socrates-db: phase 1\n",
      ["1: held against"],
    ],
    ["snapshots", "a.snap", "exports[`a 1`] = `undid 1 migration`;", ["1: undid"]],
  ])("%s", (_, file, content, expected) => {
    expect(found(file, content)).toEqual(expected);
  });
});

it.each([
  ["There is no ledger, and it is no longer needed."],
  ["Use --confirm 012=done, or 012=undone to run it again."],
  ["It waits behind PgBouncer, and queues behind it."],
  ["It uses its own migrations, and those of its own phase."],
  ["They understand it as well as others do."],
])("the check of wordings accepts: %s", (text) => {
  expect(found("a.md", text)).toEqual([]);
});

it.each([
  ["It is fast, too.", ", too"],
  ["It has a lock of its own.", "of its own"],
  ["Tables stand beside it.", "stand"],
  ["What the ledger says of it.", "says of"],
  ["Objects of others.", "of others"],
  ["A column too many.", "column too many"],
  ["Write it behind the column.", "behind the column"],
])("the check of wordings finds: %s", (text, words) => {
  expect(found("a.md", text)).toContain(`1: ${words}`);
});
