import { afterAll, beforeAll, expect, it } from "vitest";
import type { Session } from "../../src/database/session.ts";
import { encoders } from "../../src/seed/binary-fields.ts";
import { copyChunks } from "../../src/seed/copy-binary.ts";
import { Id } from "../../src/seed/id.ts";
import type { Value } from "../../src/seed/tables/table.ts";
import { makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";

/** One of our values, and the text that PostgreSQL itself reads as the same. */
type Sample = readonly [value: Value, text: string];

function integers(values: readonly number[]): Sample[] {
  return values.map((value) => [value, String(value)]);
}

function texts(values: readonly string[]): Sample[] {
  return values.map((value) => [value, value]);
}

const zero = new Id(0, 0x4000, -0x8000_0000, 0);
const other = new Id(0x0123_abcd, 0x4567_489a, 0xbcde_f012, 0x3456_789f);
const [zeroText, otherText] = [
  "00000000-0000-4000-8000-000000000000",
  "0123abcd-4567-489a-bcde-f0123456789f",
];
const vectors = [
  [0.5, -0.25, 1],
  [0.012345, -0.999999, 0.000001],
];

/** Samples by column type, including edge cases. */
const samples: Readonly<Record<string, readonly Sample[]>> = {
  bool: [
    [true, "true"],
    [false, "false"],
  ],
  inet: [
    [0xcb00_7107, "203.0.113.7"],
    [0, "0.0.0.0"],
    [0xffff_ffff, "255.255.255.255"],
  ],
  int4: integers([0, 1, -1, 2147483647, -2147483648]),
  int8: integers([0, 1, -1, 4294967296, 9007199254740991, -9007199254740991]),
  jsonb: texts(['{"a": "b"}', JSON.stringify({ text: 'a "b"\n\t\\ ü 🎓' })]),
  "numeric(10,2)": [
    [0, "0"],
    [87, "0.87"],
    [-5, "-0.05"],
    [-150, "-1.50"],
    [100, "1"],
    [10_000, "100"],
    [999_900, "9999"],
    [1_000_000, "10000"],
    [99_999_999, "999999.99"],
    [1_234_567_890, "12345678.90"],
  ],
  "numeric(20,6)": [
    [123, "0.000123"],
    [1, "0.000001"],
    [12_345, "0.012345"],
    [10_000_000_100, "10000.0001"],
    [1_234_567_890_100, "1234567.890100"],
  ],
  "numeric(16,0)": integers([0, 7, 10_000, -120_000_000, 1_000_000_000_001]),
  "numeric(16,4)": [
    [1, "0.0001"],
    [10_000, "1"],
    [-100_000_001, "-10000.0001"],
  ],
  text: texts([
    "",
    "plain",
    "ü 🎓 漢",
    "of 24 characters or more: plain",
    "of 24 characters or more: ü 🎓 漢",
    "tab\t line\n return\r back\\slash \\N",
    "x".repeat(70_000),
  ]),
  timestamp: ["2000-01-01 00:00:00", "1999-12-31 23:59:59", "2025-03-04 05:06:07", "1970-01-01 00:00:00"].map(
    (text) => [Date.parse(`${text}Z`) / 1000, text],
  ),
  uuid: [
    [zero, zeroText],
    [other, otherText],
  ],
  _uuid: [
    [[], "{}"],
    [[zero], `{${zeroText}}`],
    [[other, zero], `{${otherText},${zeroText}}`],
  ],
  varchar: texts(["short"]),
  vector: vectors.map((numbers) => [Float32Array.from(numbers), JSON.stringify(numbers)]),
};

/** Text as a field of COPY in its text format (PostgreSQL manual, "COPY", file formats). */
function field(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll("\t", "\\t")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r");
}

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
  expect(new Set(Object.keys(samples).map((type) => type.replace(/\(.*/, "")))).toEqual(
    new Set(Object.keys(encoders)),
  );
});

it.each(Object.entries(samples))("%s is read like its text", async (type, values) => {
  await session.run(
    `DROP TABLE IF EXISTS as_text, as_binary; CREATE TABLE as_text (n int, value ${type}); CREATE TABLE as_binary (LIKE as_text)`,
  );
  const [column] = await session.run<{ name: string; modifier: number }>(
    "SELECT t.typname AS name, a.atttypmod AS modifier FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = 'as_text'::regclass AND a.attname = 'value'",
  );
  const encoder = encoders[column?.name ?? ""]?.(column?.modifier ?? -1);
  const int4 = encoders["int4"]?.(-1);
  if (int4 === undefined || encoder === undefined) throw new Error(`nothing writes ${type}`);
  const lines = [...values.map(([, text]) => field(text)), "\\N"].map((text, i) => `${i}\t${text}\n`);
  await session.copy("COPY as_text FROM STDIN", [Buffer.from(lines.join(""))]);
  const rows = [...values.map(([value]) => value), null].map((value, i) => [i, value]);
  await session.copy(
    "COPY as_binary FROM STDIN WITH (FORMAT binary)",
    copyChunks(rows, [int4, encoder], () => {}),
  );
  const read = (table: string) => session.run(`SELECT n, value::text FROM ${table} ORDER BY n`);
  const asText = await read("as_text");
  expect(asText).toHaveLength(rows.length);
  expect(await read("as_binary")).toEqual(asText);
});
