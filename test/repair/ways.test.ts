import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { readSchema } from "../../src/catalog/read.ts";
import { notRepaired, reasonAgainst, wayOf, ways } from "../../src/repair/ways.ts";
import { type Kind, kinds } from "../../src/schema/model.ts";
import { makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";

const setup = readFileSync(path.resolve(import.meta.dirname, "../fixtures/mutations/setup.sql"), "utf8");

/** Attributes that the reader gives only to objects that the database of the test lacks. */
const conditional: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  table: [
    "columnDefaults",
    "columnNotNulls",
    "columnStorage",
    "columnStatistics",
    "columnComments",
    "triggerStates",
  ],
  index: ["ofPartition"],
};

let place: Place | undefined;
afterAll(() => place?.dispose());

it("has a way, or a reason against one, for each attribute of each kind, and for no other", async () => {
  place = await makePlace("server", { migrated: true });
  const session = await connectTo(place, "auth");
  await session.run("SET client_min_messages = warning; SET allow_in_place_tablespaces = on");
  await session.run(setup);
  const extras = { privileges: true, owners: true, settings: true, exact: true };
  const { objects } = await readSchema(session, extras);
  await session.close();

  const read = new Map<Kind, Set<string>>(kinds.map((kind) => [kind, new Set(conditional[kind])]));
  for (const { kind, attributes } of objects.values())
    for (const name in attributes) read.get(kind)?.add(name);
  const pairs = [...read].flatMap(([kind, names]) => [...names].map((name) => [kind, name] as const));
  const open = pairs.filter(
    ([kind, name]) => wayOf(kind, name) === undefined && reasonAgainst(kind, name) === undefined,
  );
  expect(open).toEqual([]);

  const known = kinds.flatMap((kind) => Object.keys(ways[kind] ?? {}).map((name) => `${kind}: ${name}`));
  const all = new Set<string>([...pairs.map(([kind, name]) => `${kind}: ${name}`), ...kinds]);
  expect([...known, ...Object.keys(notRepaired)].filter((name) => !all.has(name))).toEqual([]);
});
