import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { makePlace } from "../support/place.ts";
import { adoptClean, existingDatabases, rebuilt, withExisting } from "./existing.ts";
import { folder } from "./repository.ts";

const files = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();

describe("init --from", () => {
  it.each(existingDatabases.filter(({ name }) => name.startsWith("004")))(
    "writes files of $name with which adopt, diff and verify find nothing",
    async (database) => {
      await withExisting(database, async (source) => {
        expect(files()).toEqual([
          "docs/schema.md",
          "migrations/shop/001_baseline.down.sql",
          "migrations/shop/001_baseline.sql",
          "socrates-db.config.json",
        ]);
        const password = new URL(source.env["DATABASE_URL_SHOP"] ?? "").password;
        for (const file of files())
          if (password !== "") expect(readFileSync(path.join(folder, file), "utf8")).not.toContain(password);
        await adoptClean(source);
        expect(await rebuilt("embedded", database)).toEqual([]);
      });
    },
  );
  it("takes several databases into one document, numbered over all chains", async () => {
    const keys = ["b", "a"];
    const databases = keys.map((key) => ({
      key,
      name: key,
      urlVariable: `DATABASE_URL_${key.toUpperCase()}`,
    }));
    const place = await makePlace("server", { databases });
    try {
      for (const key of keys) await place.query(key, `CREATE TABLE of_${key} (id serial PRIMARY KEY)`);
      const from = databases.flatMap(({ key, urlVariable }) => [
        "--from",
        `${key}=${place.env[urlVariable]}`,
      ]);
      const run = (...args: string[]) => place.run(args, { cwd: folder });
      const { exitCode, stdout } = await run("init", ...from, "--format", "json");
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        tool: null,
        refused: [],
        baselines: [
          { database: "a", number: 1, tables: 1 },
          { database: "b", number: 2, tables: 1 },
        ],
      });
      for (const command of ["adopt", "diff", "verify"]) expect((await run(command)).exitCode).toBe(0);
    } finally {
      await place.dispose();
    }
  });
  it("writes nothing over existing files, nor for a database with a ledger or without objects", async () => {
    const databases = [{ key: "shop", name: "shop", urlVariable: "DATABASE_URL_SHOP" }];
    const place = await makePlace("server", { databases });
    try {
      const init = () =>
        place.run(["init", "--from", `shop=${place.env["DATABASE_URL_SHOP"]}`], { cwd: folder });
      const empty = await init();
      expect(empty.exitCode).toBe(2);
      expect(empty.stderr).toContain("shop: has no object that a migration could create; leave it out");
      await place.query(
        "shop",
        "CREATE TABLE t (id int); CREATE SCHEMA socrates_db; CREATE TABLE socrates_db.migrations (number int)",
      );
      expect((await init()).stderr).toContain("shop: has a ledger: its migrations exist already");
      expect(files()).toEqual([]);
      writeFileSync(path.join(folder, "socrates-db.config.json"), "{}");
      expect((await init()).stderr).toContain(
        "socrates-db.config.json: exists already; init never overwrites",
      );
      expect(files()).toEqual(["socrates-db.config.json"]);
    } finally {
      await place.dispose();
    }
  });
  it("names what it cannot write, who owns what, and no password; a dry run writes nothing", async () => {
    const databases = [{ key: "shop", name: "shop", urlVariable: "DATABASE_URL_SHOP" }];
    const place = await makePlace("server", { databases });
    try {
      await place.query(
        "shop",
        `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'in_init_owner') THEN CREATE ROLE in_init_owner; END IF; END $$;
CREATE TABLE plain (id int); CREATE TABLE other (id int); ALTER TABLE other OWNER TO in_init_owner;
CREATE TYPE later; CREATE FUNCTION of_later(later) RETURNS void LANGUAGE internal AS 'int4out';
CREATE FOREIGN DATA WRAPPER wrapper; CREATE SERVER far FOREIGN DATA WRAPPER wrapper;
CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user 'u', password 'never-print-me-from');
CREATE SUBSCRIPTION sub CONNECTION 'host=nowhere password=never-print-me-either' PUBLICATION p WITH (connect = false, slot_name = NONE)`,
      );
      const init = (...more: string[]) =>
        place.run(["init", "--from", `shop=${place.env["DATABASE_URL_SHOP"]}`, "--format", "json", ...more], {
          cwd: folder,
        });
      const dry = await init("--dry-run");
      expect(dry.exitCode).toBe(0);
      expect(files()).toEqual([]);
      const { warnings, wouldWrite } = JSON.parse(dry.stdout);
      const owner = /(\w+) owns 6/.exec(dry.stdout)?.[1];
      expect(warnings).toEqual(
        [
          "type public.later cannot be written as SQL: create it by hand; the config ignores it",
          "user mapping far.PUBLIC cannot be written as SQL: create it by hand; the config ignores it",
          "subscription sub cannot be written as SQL: create it by hand; the config ignores it",
          "function public.of_later(public.later) cannot be written as SQL, as it needs type public.later: create it by hand; the config ignores it",
          `the owners of its objects are not recorded: in_init_owner owns 1, ${owner} owns 6`,
        ].map((reason) => ({ from: "shop", reason })),
      );
      expect((await init()).exitCode).toBe(0);
      expect(files()).toEqual([...wouldWrite].sort());
      for (const text of [
        dry.stdout,
        dry.stderr,
        ...files().map((file) => readFileSync(path.join(folder, file), "utf8")),
      ])
        expect(text).not.toContain("never-print-me");
      await adoptClean(place);
    } finally {
      await place.query("shop", "DROP SUBSCRIPTION IF EXISTS sub");
      await place.dispose();
    }
  });
  it.each([
    [["--from", "postgres://localhost/x"], "--from does not start with the key of a database"],
    [["--from", "a"], "a has no connection string"],
    [["--from", "a=postgres://localhost/x", "--tool", "goose"], "--from cannot be combined with --tool"],
    [["--from", "a=postgres://localhost/x", "--from", "a=postgres://localhost/y"], "--from names a twice"],
    [
      [..."abcdefg"].flatMap((key) => ["--from", `${key}=postgres://localhost/${key}`]),
      "--from names 7 databases, more than the 6 that a config may have",
    ],
    [
      ["--from", "a=postgres://u@localhost/x", "--from", "b=postgres://u@localhost/x"],
      "a and b lead to the same database, localhost:5432/x as u",
    ],
    [
      ["--from", "a=postgres://joe@127.0.0.1:1/x"],
      "cannot connect to 127.0.0.1:1/x as joe: connection refused",
    ],
  ])("refuses %j", async (args, message) => {
    const { exitCode, stderr } = await runCli(["init", ...args], { cwd: folder });
    expect({ exitCode, error: stderr.split("\n").find((line) => line.startsWith("error: ")) }).toEqual({
      exitCode: 2,
      error: `error: ${message}`,
    });
    expect(files()).toEqual([]);
  });
});
