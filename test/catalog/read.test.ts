import { readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { readSchema } from "../../src/catalog/read.ts";
import { compareSchemas } from "../../src/diff/compare.ts";
import type { Schema, SchemaObject } from "../../src/schema/model.ts";
import { type EngineName, engines, lastPhase, makePlace, type Place } from "../support/place.ts";
import { schemaIn, withSession } from "./schema-of.ts";

const keys = ["auth", "specs"];

function ofKind(schemas: readonly Schema[], kind: string): SchemaObject[] {
  return schemas.flatMap(({ objects }) => [...objects.values()].filter((object) => object.kind === kind));
}

/** The schemas of a migrated pair of databases. */
async function migrated(engine: EngineName): Promise<Schema[]> {
  const place = await makePlace(engine, { migrated: true });
  try {
    return await Promise.all(keys.map((key) => schemaIn(place, key)));
  } finally {
    await place.dispose();
  }
}

describe("the catalog reader", () => {
  const places: Place[] = [];
  let embedded: readonly Schema[];
  beforeAll(async () => {
    embedded = await migrated("embedded");
  });
  afterEach(async () => {
    for (const place of places.splice(0)) await place.dispose();
  });

  // Without pgvector a server cannot have the whole schema.
  it.skipIf(lastPhase("server") < 6)(
    "reads the same schema from a server and from the embedded engine",
    async () => {
      const server = await migrated("server");
      const comparable = (schemas: readonly Schema[]) =>
        schemas.map(({ objects, uncovered }) => ({ objects: [...objects], uncovered }));
      expect(comparable(embedded)).toEqual(comparable(server));
      expect(embedded[0]?.serverVersion).toBeGreaterThanOrEqual(180000);
    },
  );

  it("finds the documented number of objects, and none that it does not cover", async () => {
    const schemas = embedded;
    const constraints = ofKind(schemas, "constraint");
    const ofType = (type: string) =>
      constraints.filter(({ attributes }) => attributes["type"] === type).length;
    expect({
      tables: ofKind(schemas, "table").length,
      columns: ofKind(schemas, "column").length,
      foreignKeys: ofType("foreign key"),
      primaryKeys: ofType("primary key"),
      unique: ofType("unique"),
      checks: ofType("check"),
      indexes: ofKind(schemas, "index").length,
      uncovered: schemas.flatMap(({ uncovered }) => uncovered),
    }).toEqual({
      tables: 25,
      columns: 206,
      foreignKeys: 27,
      primaryKeys: 25,
      unique: 9,
      checks: 19,
      indexes: 76,
      uncovered: [],
    });
  });

  it("finds only the texts of views different on a server of another major version", async () => {
    const setup = readFileSync(path.resolve(import.meta.dirname, "../fixtures/mutations/setup.sql"), "utf8");
    const [embedded, server] = await Promise.all(
      engines.map(async (engine) => {
        const place = await makePlace(engine);
        places.push(place);
        await place.query("auth", setup);
        return schemaIn(place, "auth");
      }),
    );
    if (embedded === undefined || server === undefined) throw new Error("no schema");
    const major = (schema: Schema) => Math.floor(schema.serverVersion / 10000);
    const changes = compareSchemas(embedded, server).map(({ code, object, ...change }) => ({
      code,
      object: `${object.kind} ${object.name}`,
      attributes: "attributes" in change ? change.attributes.map(({ name }) => name) : [],
    }));
    // PostgreSQL 16 leaves out names of tables where column names are unambiguous.
    const isQualified = { code: "changed", attributes: ["definition"], object: "view public.thing_view" };
    expect(changes).toEqual(major(server) < 16 ? [isQualified] : []);
  });

  it("describes each object and its dependencies", async () => {
    const [auth, specs] = embedded;
    expect(auth?.objects.get("constraint public.team_members.team_members_team_fk")).toMatchSnapshot();
    expect(auth?.objects.get("column public.audit_logs.id")).toMatchSnapshot();
    expect(auth?.objects.get("sequence public.audit_logs_id_seq")).toMatchSnapshot();
    expect(auth?.objects.get("index public.users.idx_users_is_active")).toMatchSnapshot();
    expect(specs?.objects.get("column public.knowledge_base_documents.embedding")?.needs).toEqual([
      "extension vector",
      "table public.knowledge_base_documents",
    ]);
    const vectorIndex = "public.knowledge_base_documents.idx_knowledge_base_documents_embedding";
    expect(specs?.objects.get(`index ${vectorIndex}`)).toMatchSnapshot();
  });

  it("gives the same text whatever the session is set to", async () => {
    const place = await makePlace("server", { migrated: true });
    places.push(place);
    await withSession(place, "auth", async (session) => {
      await session.run(
        "CREATE TABLE t (at timestamptz DEFAULT '2024-01-01 12:00+02', i interval DEFAULT '1 day', b bytea DEFAULT '\\xff', f text DEFAULT 'a\\b')",
      );
      const plain = await readSchema(session);
      await session.run(
        "SET search_path = public; SET DateStyle = 'German'; SET TimeZone = 'Asia/Tokyo'; SET IntervalStyle = iso_8601; SET bytea_output = escape; SET quote_all_identifiers = on; SET standard_conforming_strings = off",
      );
      expect(await readSchema(session)).toEqual(plain);
    });
  });
});
