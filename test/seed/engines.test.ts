import { afterEach, expect, it } from "vitest";
import { readRebuild } from "../../src/seed/rebuild.ts";
import { type EngineName, lastPhase, makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";
import { checksums, keys, tablesOf } from "./helpers.ts";

const places: Place[] = [];
afterEach(async () => {
  await Promise.all(places.splice(0).map((place) => place.dispose()));
});

async function seededPlace(engine: EngineName, args: readonly string[]): Promise<Place> {
  const place = await makePlace(engine, { migrated: true });
  places.push(place);
  expect(await place.run(["seed", ...args])).toMatchObject({ exitCode: 0 });
  return place;
}

it("the same seed gives the same rows on both engines, and another one gives others", async () => {
  const args = ["--users", "50", "--seed", "1"];
  const embedded = await seededPlace("embedded", args);
  const server = await seededPlace("server", args);
  const other = await seededPlace("server", ["--users", "50", "--seed", "2"]);
  for (const key of keys) {
    const [onEmbedded, onServer] = [await checksums(embedded, key), await checksums(server, key)];
    const names = Object.keys(onServer);
    expect(names.length).toBeGreaterThan(lastPhase("server") === 6 ? 8 : 5);
    const common = Object.fromEntries(names.map((name) => [name, onEmbedded[name]]));
    expect(onServer).toEqual(common);
    const others = await checksums(other, key);
    expect(names.filter((name) => others[name] === onServer[name])).toEqual([]);
  }
});

/** Everything that belongs to a table, from the catalog. */
const attached = `SELECT string_agg(line, E'\\n' ORDER BY line) AS value FROM (
  SELECT pg_get_indexdef(indexrelid) || indisvalid::text || coalesce(obj_description(indexrelid, 'pg_class'), '') AS line FROM pg_index WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
  UNION ALL SELECT conname || pg_get_constraintdef(oid) || convalidated::text || coalesce(obj_description(oid, 'pg_constraint'), '') FROM pg_constraint WHERE connamespace = 'public'::regnamespace) lines`;

it("with many rows, indexes and foreign keys are dropped and restored exactly", async () => {
  const place = await makePlace("server", { migrated: true });
  places.push(place);
  const read = () => Promise.all(keys.map((key) => place.query(key, attached)));
  const before = await read();
  const { exitCode, stderr } = await place.run(["seed", "--users", "300"]);
  expect(exitCode).toBe(0);
  expect(stderr).toContain("making indexes and foreign keys");
  expect(await read()).toEqual(before);
  expect(await place.run(["diff"])).toMatchObject({ exitCode: 0 });
});

it("an index stays if its definition does not cover all of it", async () => {
  const place = await makePlace("server", { migrated: true });
  places.push(place);
  await place.query(
    "specs",
    "COMMENT ON INDEX idx_sessions_project_id IS 'it''s kept'; ALTER TABLE sessions CLUSTER ON idx_sessions_started_at; CREATE VIEW grouped AS SELECT * FROM projects GROUP BY id",
  );
  const before = await place.query("specs", attached);
  const session = await connectTo(place, "specs");
  try {
    const { drop, create } = await readRebuild(session, await tablesOf(place, "specs"));
    expect(
      drop.filter((statement) =>
        /idx_sessions_started_at|public.projects DROP CONSTRAINT projects_pkey/.test(statement),
      ),
    ).toEqual([]);
    expect(drop.length).toBe(create.length);
    expect(drop.length).toBeGreaterThan(20);
    for (const statement of [...drop, ...create]) await session.run(statement);
  } finally {
    await session.close();
  }
  expect(await place.query("specs", attached)).toEqual(before);
});
