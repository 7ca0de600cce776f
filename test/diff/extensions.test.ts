import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { table, writeChains } from "../runner/helpers.ts";
import { engines, makePlace, type Place } from "../support/place.ts";

let place: Place;
afterEach(() => place.dispose());

const withExtensions = `CREATE SCHEMA ext;
CREATE EXTENSION citext WITH SCHEMA ext;
CREATE EXTENSION btree_gist;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION unaccent WITH SCHEMA ext;
CREATE EXTENSION hstore;
CREATE DOMAIN mail AS ext.citext CONSTRAINT has_at CHECK (VALUE OPERATOR(ext.~~) '%@%'::ext.citext);
CREATE FUNCTION plain(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT ext.unaccent('ext.unaccent', $1) $$;
CREATE TABLE guests (
  id int PRIMARY KEY,
  mail mail NOT NULL UNIQUE,
  name text NOT NULL,
  extra hstore DEFAULT 'vip=>no',
  room int NOT NULL,
  stay daterange NOT NULL,
  CONSTRAINT one_at_a_time EXCLUDE USING gist (room WITH =, stay WITH &&),
  CONSTRAINT known CHECK (extra ? 'vip')
);
CREATE INDEX guests_by_name ON guests USING gin (plain(name) gin_trgm_ops);
CREATE TEXT SEARCH CONFIGURATION words (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION words ALTER MAPPING FOR word WITH ext.unaccent, pg_catalog.simple;`;

const chains = {
  auth: [{ number: 1, phase: 0, up: withExtensions }, table(3, 1)],
  specs: [table(2, 0)],
};

describe.each(engines)("extensions on the %s engine", (engine) => {
  it("are used by migrations, in every command, and compared without a finding", async () => {
    place = await makePlace(engine);
    writeChains(place, chains);
    for (const args of [
      ["migrate", "--phase", "0"],
      ["migrate"],
      ["diff", "--from", "migrations", "--strict"],
    ])
      expect(await place.run(args), args.join(" ")).toMatchObject({ exitCode: 0 });
    await place.query(
      "auth",
      "INSERT INTO guests VALUES (1, 'A@b', 'Zoë', DEFAULT, 1, '[2026-01-01,2026-01-03)')",
    );
    expect(await place.query("auth", "SELECT id FROM guests WHERE mail OPERATOR(ext.=) 'a@B'")).toEqual([
      { id: 1 },
    ]);
    writeFileSync(path.join(place.folder, "whole.sql"), `${withExtensions}\nCREATE TABLE t3 (id int);`);
    const files = ["diff", "--from", "whole.sql", "--database", "auth", "--strict"];
    expect(await place.run(files)).toMatchObject({ exitCode: 0 });
    await place.query("auth", "DROP INDEX guests_by_name; ALTER EXTENSION hstore SET SCHEMA ext");
    const changed = await place.run([...files, "--format", "json"]);
    const { findings }: { findings: { object: string }[] } = JSON.parse(changed.stdout);
    expect(findings.map(({ object }) => object).sort()).toEqual(
      expect.arrayContaining(["hstore", "public.guests.guests_by_name"]),
    );
  });
});

describe("a start that needs no extension", () => {
  const root = path.resolve(import.meta.dirname, "../..");

  it("reads no file about extensions: the program works without them until one is named", async () => {
    place = await makePlace("embedded");
    writeChains(place, {
      auth: [table(1, 0), { number: 3, phase: 1, up: "CREATE EXTENSION citext;" }],
      specs: [table(2, 0)],
    });
    const copy = mkdtempSync(path.join(tmpdir(), "without-extensions-"));
    for (const name of ["bin", "dist", "package.json", "migrations"])
      cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
    symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));
    rmSync(path.join(copy, "dist/extensions.json"));
    mkdirSync(path.join(copy, "cache"));
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [path.join(copy, "bin/socrates-db.js"), ...args], {
        cwd: place.folder,
        encoding: "utf8",
        env: { ...process.env, ...place.env, XDG_CACHE_HOME: path.join(copy, "cache") },
      });
    for (const args of [["migrate", "--phase", "0"], ["status"], ["verify", "ledger"]])
      expect(run(...args), args.join(" ")).toMatchObject({ status: 0 });
    const refused = run("migrate");
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain("extensions.json does not exist");
    rmSync(copy, { recursive: true });
  });
});
