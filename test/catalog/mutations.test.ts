import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { rareKinds } from "../../src/catalog/rare/index.ts";
import { readSchema } from "../../src/catalog/read.ts";
import type { Session } from "../../src/database/session.ts";
import { compareSchemas } from "../../src/diff/compare.ts";
import { noExtras } from "../../src/schema/extras.ts";
import type { Schema } from "../../src/schema/model.ts";
import { makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";

/** The expected finding of a mutation. */
interface Expected {
  readonly kind: string;
  readonly object: string;
  /** The first attribute that differs. */
  readonly attribute: string | null;
  /** All of them, where more than the first matter. */
  readonly attributes?: readonly string[];
  readonly code: "missing" | "unexpected" | "changed";
  /** `server_version_num` of the first PostgreSQL that has the attribute. */
  readonly minVersion?: number;
}

const folder = path.resolve(import.meta.dirname, "../fixtures/mutations");
const fileOf = (...names: string[]) => readFileSync(path.join(folder, ...names), "utf8");
const mutations = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
  if (!entry.isDirectory()) return [];
  const stated: Expected | readonly Expected[] = JSON.parse(fileOf(entry.name, "finding.json"));
  const list = Array.isArray(stated) ? stated : [stated];
  const minVersion = Math.max(...list.map((one: Expected) => one.minVersion ?? 0));
  return [{ name: entry.name, minVersion, expected: list.map(({ minVersion: _, ...one }: Expected) => one) }];
});
const space = "socrates_db_test_space";

/** @param expected the findings whose attributes are listed */
function findings(before: Schema, after: Schema, expected: readonly Expected[] = []): Expected[] {
  return compareSchemas(before, after).map((change, i) => {
    if (change.code === "renamed") throw new Error(`${change.object.name} is taken for renamed`);
    const { kind, name } = change.object;
    const names = change.code === "changed" ? change.attributes.map((attribute) => attribute.name) : [];
    return {
      kind,
      object: name,
      attribute: names[0] ?? null,
      ...(expected[i]?.attributes !== undefined && { attributes: names }),
      code: change.code,
    };
  });
}

/** The findings of the comparison in the other direction. */
function reversed(expected: readonly Expected[]): string[] {
  const codes = { missing: "unexpected", unexpected: "missing", changed: "changed" };
  return expected.map(({ object, code }) => `${codes[code]} ${object}`).sort();
}

describe("one change of a migrated database is found with all that it changes, and nothing when it is reverted (fault 39):", () => {
  const { version } = inject("server");
  let place: Place;
  let session: Session;
  let before: Schema;

  beforeAll(async () => {
    place = await makePlace("server", { migrated: true });
    session = await connectTo(place, "auth");
    await session.run("SET client_min_messages = warning; SET allow_in_place_tablespaces = on");
    await session.run(`CREATE TABLESPACE ${space} LOCATION ''`).catch((error: unknown) => {
      if (!String(error).includes("already exists")) throw error;
    });
    await session.run(fileOf("setup.sql"));
    before = await readSchema(session);
  });
  afterAll(async () => {
    // Only an empty tablespace can be dropped, so another run on the same server keeps it.
    await session.run(`DROP TABLESPACE ${space}`).catch(() => {});
    await session.close();
    await place.dispose();
  });

  const possible = mutations.filter(({ minVersion }) => version >= minVersion);
  it.each(possible)("$name", async ({ name, expected }) => {
    await session.run(fileOf(name, "change.sql"));
    const changed = await readSchema(session);
    await session.run(fileOf(name, "undo.sql"));
    expect(findings(before, changed, expected)).toEqual(expected);
    const opposite = findings(changed, before).map(({ object, code }) => `${code} ${object}`);
    expect(opposite.sort()).toEqual(reversed(expected));
    expect(findings(before, await readSchema(session))).toEqual([]);
  });
});

describe("a mutation changes each attribute of the rare kinds, and another adds or removes an object:", () => {
  const changed = new Set(
    mutations.flatMap(({ expected }) =>
      expected.flatMap(({ kind, attribute, attributes = [attribute] }) =>
        attributes.map((name) => `${kind} ${name}`),
      ),
    ),
  );
  // Subscriptions have a separate test, on a server.
  const kinds = Object.entries(rareKinds).filter(([name]) => name !== "subscriptions");
  it.each(kinds)("%s", (_, rare) => {
    const names = Object.keys(rare.attributes({ ...noExtras, version: 180_000 }));
    // The container of an object that is named after it cannot change.
    const container = rare.names === undefined ? undefined : rare.container?.attribute;
    const all = [...names, ...(container === undefined ? [] : [container])].map(
      (name) => `${rare.kind} ${name}`,
    );
    expect(all.filter((name) => !changed.has(name))).toEqual([]);
    expect(changed).toContain(`${rare.kind} null`);
  });
});
