import { afterAll, beforeAll, expect, it } from "vitest";
import type { Session } from "../../src/database/session.ts";
import { encoders } from "../../src/seed/binary-fields.ts";
import { copyChunks } from "../../src/seed/copy-binary.ts";
import { Id } from "../../src/seed/id.ts";
import type { Value } from "../../src/seed/tables/table.ts";
import { makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";

const [zero, one] = [
  new Id(0, 0x4000, 0x8000_0000, 0),
  new Id(0x0123abcd, 0x4567489a, 0xbcdef012, 0x3456789f),
];
const seconds = (text: string) => Date.parse(`${text.replace(" ", "T")}Z`) / 1000;

/** Values of each type, some of them awkward, beside the text that PostgreSQL reads as the same. */
const samples: Readonly<Record<string, readonly (readonly [value: Value, text: string])[]>> = {
  bool: [
    [true, "true"],
    [false, "false"],
  ],
  inet: [
    [0xcb007107, "203.0.113.7"],
    [0, "0.0.0.0"],
    [0xffffffff, "255.255.255.255"],
  ],
  int4: [0, 1, -1, 2147483647, -2147483648].map((value) => [value, String(value)]),
  int8: [0, 1, -1, 4294967296, 9007199254740991, -9007199254740991].map((value) => [value, String(value)]),
  jsonb: [
    ['{"a": "b"}', '{"a": "b"}'],
    [JSON.stringify({ text: 'a "b"\n\t\\ ü 🎓' }), '{"text": "a \\\\"b\\\\"\\\\n\\\\t\\\\\\\\ ü 🎓"}'],
  ],
  "numeric(16,0)": [0, 1, -1, 9999, 10000, 123456789].map((value) => [value, String(value)]),
  "numeric(16,2)": [
    [0, "0.00"],
    [1, "0.01"],
    [-5, "-0.05"],
    [87, "0.87"],
    [100, "1.00"],
    [-150, "-1.50"],
    [1000000, "10000.00"],
    [123456789, "1234567.89"],
  ],
  "numeric(16,6)": [
    [123, "0.000123"],
    [100, "0.000100"],
    [10000, "0.010000"],
    [10000000100, "10000.000100"],
    [1234567890100, "1234567.890100"],
  ],
  text: [
    ["", ""],
    ["plain", "plain"],
    ["ü 🎓 漢", "ü 🎓 漢"],
    ["tab\t line\n return\r back\\slash \\N", "tab\\t line\\n return\\r back\\\\slash \\\\N"],
    ["x".repeat(70_000), "x".repeat(70_000)],
  ],
  timestamp: ["2000-01-01 00:00:00", "1999-12-31 23:59:59", "2025-03-04 05:06:07", "1970-01-01 00:00:00"].map(
    (text) => [seconds(text), text],
  ),
  uuid: [
    [zero, "00000000-0000-4000-8000-000000000000"],
    [one, "0123abcd-4567-489a-bcde-f0123456789f"],
  ],
  _uuid: [
    [[], "{}"],
    [[zero], "{00000000-0000-4000-8000-000000000000}"],
    [[one, zero], "{0123abcd-4567-489a-bcde-f0123456789f,00000000-0000-4000-8000-000000000000}"],
  ],
  varchar: [["short", "short"]],
  vector: [
    [Float32Array.of(0.5, -0.25, 1), "[0.5,-0.25,1.000000]"],
    [Float32Array.of(0.012345, -0.999999, 0.000001), "[0.012345,-0.999999,0.000001]"],
  ],
};

let place: Place;
let session: Session;
beforeAll(async () => {
  place = await makePlace("embedded", { migrated: true });
  session = await connectTo(place, "specs");
});
afterAll(async () => {
  await session.close();
  await place.dispose();
});

it("there are samples of every type that is written", () => {
  const types = new Set(Object.keys(samples).map((type) => type.replace(/\(.*/, "")));
  expect([...types]).toEqual(Object.keys(encoders));
});

it.each(Object.entries(samples))("%s is read as its text is", async (type, values) => {
  await session.run(
    `DROP TABLE IF EXISTS as_text, as_binary; CREATE TABLE as_text (n int, value ${type}); CREATE TABLE as_binary (LIKE as_text)`,
  );
  const columns = await session.run<{ type: string; modifier: number }>(
    "SELECT t.typname AS type, a.atttypmod AS modifier FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = 'as_binary'::regclass AND a.attnum > 0 ORDER BY a.attnum",
  );
  const lines = [...values.map(([, text]) => text), "\\N"].map((text, i) => `${i}\t${text}\n`);
  await session.copy("COPY as_text FROM STDIN", [Buffer.from(lines.join(""))]);
  const rows = [...values.map(([value]) => value), null].map((value, i) => [i, value]);
  await session.copy(
    "COPY as_binary FROM STDIN WITH (FORMAT binary)",
    copyChunks(
      rows,
      columns.flatMap((column) => encoders[column.type]?.(column.modifier) ?? []),
      () => {},
    ),
  );
  const read = (table: string) => session.run(`SELECT n, value::text FROM ${table} ORDER BY n`);
  const asText = await read("as_text");
  expect(asText).toHaveLength(rows.length);
  expect(await read("as_binary")).toEqual(asText);
});
