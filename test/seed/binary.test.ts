import { afterAll, beforeAll, expect, it } from "vitest";
import type { Session } from "../../src/database/session.ts";
import { type Encoder, encoders } from "../../src/seed/binary-fields.ts";
import { copyChunks } from "../../src/seed/copy-binary.ts";
import { field, nullField } from "../../src/seed/fields.ts";
import { makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";

/** Fields of each type as text, some of them awkward; PostgreSQL itself says what they mean. */
const samples: Readonly<Record<string, readonly string[]>> = {
  bool: ["true", "false"],
  inet: ["203.0.113.7", "0.0.0.0", "255.255.255.255"],
  int4: ["0", "1", "-1", "2147483647", "-2147483648"],
  int8: ["0", "1", "-1", "4294967296", "9007199254740991", "-9007199254740991"],
  jsonb: ['{"a": "b"}', field(JSON.stringify({ text: 'a "b"\n\t\\ ü 🎓' }))],
  numeric: [
    "0",
    "0.00",
    "1",
    "-1.50",
    "0.87",
    "0.000123",
    "9999",
    "10000",
    "10000.0001",
    "1234567.890100",
    "-0.05",
  ],
  text: ["", "plain", "ü 🎓 漢", field("tab\t line\n return\r back\\slash \\N"), "x".repeat(70_000)],
  timestamp: ["2000-01-01 00:00:00", "1999-12-31 23:59:59", "2025-03-04 05:06:07", "1970-01-01 00:00:00"],
  uuid: ["00000000-0000-4000-8000-000000000000", "0123abcd-4567-489a-bcde-f0123456789f"],
  _uuid: [
    "{}",
    "{00000000-0000-4000-8000-000000000000}",
    "{0123abcd-4567-489a-bcde-f0123456789f,00000000-0000-4000-8000-000000000001}",
  ],
  varchar: ["short"],
  vector: ["[0.5,-0.25,1.000000]", "[0.012345,-0.999999,0.000001]"],
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
  expect(Object.keys(samples)).toEqual(Object.keys(encoders));
});

it.each(Object.entries(samples))("%s is read as its text is", async (type, texts) => {
  const encoder: Encoder | undefined = encoders[type];
  if (encoder === undefined) throw new Error(`nothing writes ${type}`);
  await session.run(
    `DROP TABLE IF EXISTS as_text, as_binary; CREATE TABLE as_text (n int, value ${type}); CREATE TABLE as_binary (LIKE as_text)`,
  );
  const rows = [...texts, nullField].map((text, i) => `${i}\t${text}`);
  await session.copy("COPY as_text FROM STDIN", [Buffer.from(`${rows.join("\n")}\n`)]);
  const { int4 = encoder } = encoders;
  await session.copy(
    "COPY as_binary FROM STDIN WITH (FORMAT binary)",
    copyChunks(rows, [int4, encoder], () => {}),
  );
  const read = (table: string) => session.run(`SELECT n, value::text FROM ${table} ORDER BY n`);
  const asText = await read("as_text");
  expect(asText).toHaveLength(rows.length);
  expect(await read("as_binary")).toEqual(asText);
});
