import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { table, writeChains } from "../runner/helpers.ts";
import { makePlace, type Place } from "../support/place.ts";

let place: Place;
afterEach(() => place.dispose());

interface Found {
  readonly code: string;
  readonly severity: string;
  readonly kind: string;
  readonly object: string;
}

async function compare(...args: readonly string[]): Promise<{ exitCode: unknown; found: string[] }> {
  const { exitCode, stdout, stderr } = await place.run([
    "diff",
    "--database",
    "auth",
    ...args,
    "--format",
    "json",
  ]);
  expect(stderr).not.toContain("error");
  const { findings }: { findings: Found[] } = JSON.parse(stdout);
  return {
    exitCode,
    found: findings
      .map(({ code, severity, kind, object }) => `${severity} ${code}: ${kind} ${object}`)
      .sort(),
  };
}

function write(name: string, sql: string): string {
  writeFileSync(path.join(place.folder, name), sql);
  return name;
}

const maps = `CREATE EXTENSION postgis VERSION '3.5.1';
CREATE TABLE plain (id int PRIMARY KEY, name text);
CREATE TABLE places (id int PRIMARY KEY, shape geometry(Point, 4326));
CREATE INDEX ON places USING gist (shape);
CREATE FUNCTION near(a int) RETURNS double precision LANGUAGE sql AS 'SELECT ST_Distance(shape, shape) FROM places';
ALTER TABLE plain ADD COLUMN at geometry;
CREATE VIEW days WITH (postgis.daily) AS SELECT id FROM plain;
SELECT postgis_version();`;

const leftOut = [
  "warning not-compared: content of extension postgis",
  "warning not-compared: statement ALTER TABLE plain ADD COLUMN at geometry",
  "warning not-compared: statement CREATE INDEX ON places USING gist (shape)",
  "warning not-compared: statement CREATE TABLE places (id int PRIMARY KEY, shape geometry(Poin…",
  "warning not-compared: statement CREATE VIEW days WITH (postgis.daily) AS SELECT id FROM plai…",
  "warning not-compared: statement SELECT postgis_version()",
];

/** The tests need a server with an extension that the embedded engine lacks. */
async function needDblink(skip: (reason: string) => void): Promise<void> {
  const [available] = await place.query(
    "auth",
    "SELECT FROM pg_available_extensions() a WHERE a.name = 'dblink'",
  );
  if (available === undefined) skip("the server does not have dblink");
}

describe("an extension that the embedded engine lacks", () => {
  it("does not keep SQL files from being compared; what needs it is named, and --strict fails", async () => {
    place = await makePlace("embedded");
    const file = write("maps.sql", maps);
    const other = write("other.sql", maps.replace("name text", "name varchar"));
    expect(await compare("--from", file, "--to", file)).toEqual({ exitCode: 0, found: leftOut });
    expect(await compare("--from", file, "--to", file, "--strict")).toMatchObject({ exitCode: 1 });
    expect(await compare("--from", file, "--to", other)).toEqual({
      exitCode: 1,
      found: ["error changed: column public.plain.name", ...leftOut],
    });
  });

  it("leaves tables out of a diagram, and says so", async () => {
    place = await makePlace("embedded");
    const args = ["diagram", "--database", "auth", "--source", write("maps.sql", maps)];
    const { exitCode, stdout, stderr } = await place.run(args);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("plain");
    expect(stdout).not.toContain("places");
    expect(stderr).toContain(
      'warning: auth: statement CREATE TABLE places (id int PRIMARY KEY, shape geometry(Poin… is not drawn: type "geometry" does not exist; the embedded engine lacks postgis\n',
    );
  });

  it("is the same in migrations, within and outside transactions", async () => {
    place = await makePlace("embedded");
    const outside = {
      number: 4,
      phase: 0,
      up: "CREATE INDEX CONCURRENTLY i ON places (id);",
      noTransaction: true,
    };
    writeChains(place, { auth: [{ number: 1, phase: 0, up: maps }, outside], specs: [table(2, 0)] });
    const file = write("maps.sql", maps);
    expect(await compare("--from", "migrations", "--to", file)).toEqual({
      exitCode: 0,
      found: [
        ...leftOut,
        "warning not-compared: statement CREATE INDEX CONCURRENTLY i ON places (id)",
      ].sort(),
    });
  });

  it("does not excuse an error that has nothing to do with it", async () => {
    place = await makePlace("embedded");
    const file = write("wrong.sql", `${maps}\nCREATE TABLE plain (id int);`);
    const { exitCode, stderr } = await place.run([
      "diff",
      "--database",
      "auth",
      "--from",
      file,
      "--to",
      file,
    ]);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('relation "plain" already exists');
  });

  it("leaves out the objects of a server that depend on it, and finds drift in all others", async ({
    skip,
  }) => {
    place = await makePlace("server");
    await needDblink(skip);
    const links = `CREATE EXTENSION dblink;
CREATE TABLE plain (id int PRIMARY KEY, name text, key dblink_pkey_results);
CREATE TABLE keys (id int PRIMARY KEY, key dblink_pkey_results);
CREATE TABLE uses (key int REFERENCES keys);
CREATE VIEW ids AS SELECT id FROM keys;`;
    const split = links.replace(
      ", key dblink_pkey_results);",
      ");\nALTER TABLE plain ADD key dblink_pkey_results;",
    );
    writeChains(place, { auth: [{ number: 1, phase: 0, up: split }], specs: [table(2, 0)] });
    expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
    const named = [
      "column public.plain.key",
      "content of extension dblink",
      "statement ALTER TABLE plain ADD key dblink_pkey_results",
      "statement CREATE TABLE keys (id int PRIMARY KEY, key dblink_pkey_resul…",
      "statement CREATE TABLE uses (key int REFERENCES keys)",
      "statement CREATE VIEW ids AS SELECT id FROM keys",
      "table public.keys",
      "table public.uses",
      "view public.ids",
    ].map((text) => `warning not-compared: ${text}`);
    expect(await compare("--from", "migrations")).toEqual({ exitCode: 0, found: named });
    await place.query("auth", "ALTER TABLE plain DROP COLUMN name; CREATE TABLE extra (id int)");
    expect(await compare("--from", "migrations")).toEqual({
      exitCode: 1,
      found: ["error missing: column public.plain.name", "error unexpected: table public.extra", ...named],
    });
  });

  it("keeps neither adopt nor verify phases nor trace from working; they name what they left out", async ({
    skip,
  }) => {
    place = await makePlace("server");
    await needDblink(skip);
    const links = {
      up: `CREATE EXTENSION dblink; CREATE TABLE plain (id int); CREATE TABLE keys (key dblink_pkey_results);`,
      down: "DROP TABLE keys; DROP TABLE plain; DROP EXTENSION dblink;",
    };
    writeChains(place, { auth: [{ number: 1, phase: 0, ...links }], specs: [table(2, 0)] });
    await place.query("auth", links.up);
    await place.query("specs", "CREATE TABLE t2 (id int)");
    const unread = "statement CREATE TABLE keys (key dblink_pkey_results) is not compared";
    const adopted = await place.run(["adopt", "--database", "auth"]);
    expect(adopted.exitCode).toBe(0);
    expect(adopted.stdout).toContain(unread);
    expect(adopted.stdout).toContain("table public.keys is not compared");
    const verified = await place.run(["verify", "phases", "--database", "auth"]);
    expect(verified.exitCode).toBe(0);
    expect(verified.stdout).toContain(unread);
    const all = await place.run(["verify", "--database", "auth"]);
    expect(all.stdout.split(unread)).toHaveLength(2);
    const traced = await place.run(["trace", "auth.public.keys"]);
    expect(traced.exitCode, traced.stderr).toBe(0);
    expect(traced.stdout).toContain("no migration creates it in what was read; not read:\n");
    expect(traced.stdout).toContain("    statement CREATE TABLE keys (key dblink_pkey_results): type");
    await place.query("auth", "DROP SCHEMA socrates_db CASCADE; ALTER TABLE plain ADD COLUMN extra int");
    expect(await place.run(["adopt", "--database", "auth"])).toMatchObject({ exitCode: 1 });
  });
});
