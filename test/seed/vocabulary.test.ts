import { expect, it } from "vitest";
import { copyChunks } from "../../src/seed/copy-text.ts";
import { uuid } from "../../src/seed/random.ts";
import { seededTables } from "../../src/seed/tables/index.ts";

const run = { seed: 1, first: 0, users: 40 };

it.each(seededTables)("$name has a field for each column, and no control character in any", (table) => {
  const later = table.laterColumns ?? [];
  let count = 0;
  const wrong: string[] = [];
  for (const row of table.rows({ run, firstId: 1, later })) {
    count++;
    const fields = row.split("\t");
    if (fields.length !== table.columns.length + later.length) wrong.push(row);
    if (fields.some((field) => /\p{Cc}|\{\w+\}|undefined|NaN/u.test(field))) wrong.push(row);
  }
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThan(0);
});

it("rows become messages of a bounded size, and each is counted", () => {
  let counted = 0;
  const rows = Array.from({ length: 10_000 }, (_, i) => `${i}\t${"x".repeat(100)}`);
  const chunks = [
    ...copyChunks(rows, (more) => {
      counted += more;
    }),
  ];
  expect(counted).toBe(rows.length);
  expect(Buffer.concat(chunks).toString()).toBe(`${rows.join("\n")}\n`);
  expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThan(140 * 1024);
});

it("ids are those of the seed for ever: databases and notes refer to them", () => {
  expect(uuid(1, 1, 0)).toMatchInlineSnapshot(`"247994f7-8a90-4dbc-bbfd-c9a21c960ff1"`);
  expect(uuid(1, 13, 2 ** 40 + 7)).toMatchInlineSnapshot(`"a6fc54c6-d0db-4fff-8df7-db4e0d7a3e34"`);
});
