import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Sql } from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedEngine, openEmbedded } from "../../src/database/embedded/engine.ts";
import { client, requireBuild } from "./helpers.ts";

/** What a session needs of an extension's library, and its result as text. */
const uses: Readonly<Record<string, readonly [sql: string, result: string]>> = {
  btree_gin: ["SELECT count(*) FROM pg_opclass WHERE opcname = 'int4_ops'", "3"],
  btree_gist: ["SELECT 3 <-> 5", "2"],
  citext: ["SELECT 'Ab'::citext = 'aB'", "true"],
  cube: ["SELECT cube(1, 3) @> cube(2)", "true"],
  dict_int: ["SELECT ts_lexize('intdict', '40865854')", "408658"],
  fuzzystrmatch: ["SELECT levenshtein('shadow', 'shallow')", "2"],
  hstore: ["SELECT 'a=>1'::hstore -> 'a'", "1"],
  intarray: ["SELECT '{1,2}'::int[] @@ '1&2'::query_int", "true"],
  isn: ["SELECT '9780306406157'::isbn", "0-306-40615-2"],
  ltree: ["SELECT 'a.b'::ltree <@ 'a'", "true"],
  pg_trgm: ["SELECT show_trgm('ab') && '{\"  a\"}'", "true"],
  pgcrypto: ["SELECT encode(digest('a', 'sha1'), 'hex')", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"],
  seg: ["SELECT '1 .. 3'::seg @> '2'", "true"],
  tablefunc: ["SELECT count(*) FROM normal_rand(4, 1, 1)", "4"],
  unaccent: ["SELECT unaccent('Hôtel')", "Hotel"],
  "uuid-ossp": ["SELECT uuid_generate_v5(uuid_ns_dns(), 'a')", "4f3f2898-69e3-5a0d-820a-c4e87987dbce"],
  vector: ["SELECT '[1,2]'::vector <-> '[1,4]'", "2"],
};

const folder = mkdtempSync(path.join(tmpdir(), "extensions-"));
let engine: EmbeddedEngine;
let sql: Sql;

async function open(directory: string | null): Promise<void> {
  engine = await openEmbedded({ directory, database: "shop" });
  sql = client(engine);
}

async function close(): Promise<void> {
  await sql.end();
  await engine.close();
}

async function results(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, [query]] of Object.entries(uses)) {
    const [row = {}] = await sql.unsafe(query);
    found[name] = String(Object.values(row)[0]);
  }
  return found;
}

const expected = Object.fromEntries(Object.entries(uses).map(([name, [, result]]) => [name, result]));

beforeAll(requireBuild);
afterAll(() => rmSync(folder, { recursive: true }));

describe("extensions of the embedded engine", () => {
  afterEach(() => close());

  it("are all that PGlite and pgvector ship, and each can be created", async () => {
    await open(null);
    const names = await sql<{ name: string }[]>`SELECT name FROM pg_available_extensions ORDER BY name`;
    expect(names.map(({ name }) => name).join(" ")).toMatchInlineSnapshot(
      `"amcheck autoinc bloom btree_gin btree_gist citext cube dict_int dict_xsyn earthdistance file_fdw fuzzystrmatch hstore insert_username intarray isn lo ltree moddatetime pageinspect pg_buffercache pg_freespacemap pg_logicalinspect pg_stat_statements pg_surgery pg_trgm pg_visibility pg_walinspect pgcrypto plpgsql refint seg tablefunc tcn tsm_system_rows tsm_system_time unaccent uuid-ossp vector"`,
    );
    for (const { name } of names) await sql.unsafe(`CREATE EXTENSION IF NOT EXISTS "${name}" CASCADE`);
    const [installed] = await sql`SELECT count(*)::int AS count FROM pg_extension`;
    expect(installed).toEqual({ count: names.length });
  });

  it("work in a directory that is opened again, and can be updated there", async () => {
    const directory = path.join(folder, "shop");
    await open(directory);
    await sql`CREATE EXTENSION citext VERSION '1.4'`;
    for (const name of Object.keys(uses)) await sql.unsafe(`CREATE EXTENSION IF NOT EXISTS "${name}"`);
    await close();
    await open(directory);
    expect(await results()).toEqual(expected);
    await sql`ALTER EXTENSION citext UPDATE TO '1.8'`;
  });

  it("work again after a return to a state before they were created", async () => {
    await open(null);
    await sql.end();
    await engine.snapshot("save", "empty");
    for (let round = 0; round < 3; round++) {
      sql = client(engine);
      for (const name of Object.keys(uses)) await sql.unsafe(`CREATE EXTENSION "${name}"`);
      expect(await results()).toEqual(expected);
      await sql.end();
      await engine.snapshot("restore", "empty");
    }
    sql = client(engine);
  });
});
