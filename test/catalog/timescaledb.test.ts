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

/** An extension that has one schema with some objects: its files are written to where the engine looks for them. */
async function createExtension(name: string, schema: string, sql: string): Promise<void> {
  const write = (file: string, text: string) =>
    session.run(`COPY (SELECT $$${text}$$) TO '/pglite/share/postgresql/extension/${file}'`);
  await write(`${name}.control`, "default_version = '1'");
  await write(`${name}--1.sql`, `CREATE SCHEMA ${schema}; ${sql}`);
  await session.run(`CREATE EXTENSION ${name}`);
}

/** As TimescaleDB declares the functions of its triggers, except that these do nothing. */
const functions = ["insert_blocker", "continuous_agg_invalidation_trigger"].map(
  (name) =>
    `CREATE FUNCTION _timescaledb_internal.${name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';`,
);

it("leaves out chunks and triggers of TimescaleDB, and nothing that only has such a name", async () => {
  await createExtension("timescaledb", "_timescaledb_internal", functions.join(" "));
  await session.run(`CREATE TABLE metrics (at timestamptz NOT NULL, value int);
CREATE TABLE _timescaledb_internal._hyper_1_1_chunk (CHECK (at < '2026-01-01')) INHERITS (metrics);
CREATE INDEX ON _timescaledb_internal._hyper_1_1_chunk (at);
CREATE TRIGGER ts_insert_blocker BEFORE INSERT ON metrics FOR EACH ROW EXECUTE FUNCTION _timescaledb_internal.insert_blocker();
CREATE TRIGGER ts_cagg_invalidation_trigger AFTER INSERT OR UPDATE ON metrics
  FOR EACH ROW EXECUTE FUNCTION _timescaledb_internal.continuous_agg_invalidation_trigger('1');
CREATE FUNCTION mine() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER ts_mine BEFORE INSERT ON metrics FOR EACH ROW EXECUTE FUNCTION mine();
CREATE SCHEMA _timescaledb_mine; CREATE TABLE _timescaledb_mine.kept (id int);`);
  const { objects } = await readSchema(session);
  const keys = [...objects.keys()].filter((key) => !key.startsWith("column "));
  expect(keys.sort()).toEqual([
    "extension plpgsql",
    "extension timescaledb",
    "function public.mine()",
    "schema _timescaledb_mine",
    "schema public",
    "table _timescaledb_mine.kept",
    "table public.metrics",
    "trigger public.metrics.ts_mine",
  ]);
});
