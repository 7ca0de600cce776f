import { afterAll, beforeAll, expect, it } from "vitest";
import { readSchema } from "../../src/catalog/read.ts";
import type { Session } from "../../src/database/session.ts";
import { makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";

let place: Place;
let session: Session;
beforeAll(async () => {
  place = await makePlace("embedded");
  session = await connectTo(place, "specs");
});
afterAll(async () => {
  await session.close();
  await place.dispose();
});

/** An extension that only has a schema, in which the engine finds its files. */
async function createExtension(name: string, schema: string): Promise<void> {
  const write = (file: string, text: string) =>
    session.run(`COPY (SELECT $$${text}$$) TO '/pglite/share/postgresql/extension/${file}'`);
  await write(`${name}.control`, "default_version = '1'");
  await write(`${name}--1.sql`, `CREATE SCHEMA ${schema};`);
  await session.run(`CREATE EXTENSION ${name}`);
}

it("leaves out chunks, which are in a schema of TimescaleDB, and no schema that only has such a name", async () => {
  await createExtension("timescaledb", "_timescaledb_internal");
  await session.run(`CREATE TABLE metrics (at timestamptz NOT NULL, value int);
CREATE TABLE _timescaledb_internal._hyper_1_1_chunk (CHECK (at < '2026-01-01')) INHERITS (metrics);
CREATE INDEX ON _timescaledb_internal._hyper_1_1_chunk (at);
CREATE SCHEMA _timescaledb_mine; CREATE TABLE _timescaledb_mine.kept (id int);`);
  const { objects } = await readSchema(session);
  const keys = [...objects.keys()].filter((key) => !key.startsWith("column "));
  expect(keys.sort()).toEqual([
    "extension plpgsql",
    "extension timescaledb",
    "schema _timescaledb_mine",
    "schema public",
    "table _timescaledb_mine.kept",
    "table public.metrics",
  ]);
});
