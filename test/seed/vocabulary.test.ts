import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { encoders } from "../../src/seed/binary-fields.ts";
import { copyChunks } from "../../src/seed/copy-binary.ts";
import { Id } from "../../src/seed/id.ts";
import { uuid } from "../../src/seed/random.ts";
import { seededTables } from "../../src/seed/tables/index.ts";
import type { Value } from "../../src/seed/tables/table.ts";

const run = { seed: 1, first: 0, users: 40 };

it.each(seededTables)("$name has a field for each column, and no control character in any", (table) => {
  const later = table.laterColumns ?? [];
  let count = 0;
  const wrong: (readonly Value[])[] = [];
  for (const row of table.rows({ run, firstId: 1, later })) {
    count++;
    if (row.length !== table.columns.length + later.length) wrong.push(row);
    if (row.some((value) => typeof value === "number" && !Number.isSafeInteger(value))) wrong.push(row);
    const texts = row.filter((value) => typeof value === "string");
    // Only file contents have several lines.
    if (texts.some((text) => /(?!\n)\p{Cc}|\{\w+\}|undefined|NaN/u.test(text))) wrong.push(row);
    if (table.name !== "generated_files" && texts.some((text) => text.includes("\n"))) wrong.push(row);
  }
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThan(0);
});

it("rows become messages of a bounded size, and each is counted", () => {
  let counted = 0;
  const rows = Array.from({ length: 10_000 }, (_, i) => [i, "x".repeat(100)]);
  const { int4, text } = encoders;
  if (int4 === undefined || text === undefined) throw new Error("there are no encoders");
  const chunks = [
    ...copyChunks(rows, [int4(-1), text(-1)], (more) => {
      counted += more;
    }),
  ];
  expect(counted).toBe(rows.length);
  // A signature of 19 bytes, each row with its count and two lengths, and the end.
  expect(Buffer.concat(chunks).length).toBe(19 + rows.length * (2 + 4 + 4 + 4 + 100) + 2);
  expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThan(140 * 1024);
});

it("a row that is larger than a message is sent whole", () => {
  const { text } = encoders;
  if (text === undefined) throw new Error("there are no encoders");
  const long = "漢".repeat(200_000);
  const chunks = [...copyChunks([["short"], [long], ["short"]], [text(-1)], () => {})];
  expect(Buffer.concat(chunks).length).toBe(19 + 3 * (2 + 4) + 2 * 5 + Buffer.byteLength(long) + 2);
});

it("a row without a value for each column is refused", () => {
  const { int4, text } = encoders;
  if (int4 === undefined || text === undefined) throw new Error("there are no encoders");
  for (const row of [[1], ["1", "one"], [1, 1], [1, "one", 1]])
    expect(() => [...copyChunks([row], [int4(-1), text(-1)], () => {})]).toThrow(/^(no |a row )/);
});

it.each([
  [{ seed: 1, first: 0, users: 40 }],
  [{ seed: 1, first: 40, users: 10 }],
  [{ seed: 2, first: 0, users: 10 }],
  [{ seed: 0, first: 0, users: 10 }],
  [{ seed: 2 ** 32 - 1, first: 1_000_000, users: 10 }],
])("the rows of %j never change", (of) => {
  const hash = createHash("sha256");
  for (const table of seededTables)
    for (const row of table.rows({ run: of, firstId: 1, later: table.laterColumns ?? [] }))
      hash.update(JSON.stringify(row.map((value) => (value instanceof Id ? String(value) : value))));
  expect(hash.digest("hex")).toMatchSnapshot();
});

it("ids always follow from the seed: databases and notes refer to them", () => {
  expect(String(uuid(1, 1, 0))).toMatchInlineSnapshot(`"247994f7-8a90-4dbc-bbfd-c9a21c960ff1"`);
  expect(String(uuid(1, 13, 2 ** 40 + 7))).toMatchInlineSnapshot(`"a6fc54c6-d0db-4fff-8df7-db4e0d7a3e34"`);
});
