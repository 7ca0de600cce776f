import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { readSchema } from "../../src/catalog/read.ts";
import type { Session } from "../../src/database/session.ts";
import { compareSchemas } from "../../src/diff/compare.ts";
import type { Schema } from "../../src/schema/model.ts";
import { makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";

/** The expected finding of a mutation. */
interface Expected {
  readonly kind: string;
  readonly object: string;
  readonly attribute: string | null;
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

function findings(before: Schema, after: Schema): Expected[] {
  return compareSchemas(before, after).map((change) => {
    if (change.code === "renamed") throw new Error(`${change.object.name} is taken for renamed`);
    const { kind, name } = change.object;
    return {
      kind,
      object: name,
      attribute: change.code === "changed" ? (change.attributes[0]?.name ?? null) : null,
      code: change.code,
    };
  });
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
    expect(findings(before, changed)).toEqual(expected);
    expect(findings(before, await readSchema(session))).toEqual([]);
  });
});
