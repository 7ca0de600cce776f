import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { refusal } from "../support/refusal.ts";
import { folder, write } from "./repository.ts";

const place = { run: (args: readonly string[]) => runCli(args, { cwd: folder }) };
const run = (...args: string[]) => place.run(args);
const read = (name: string) => readFileSync(path.join(folder, name), "utf8");
const all = () => readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
const dbmate = { "db/migrations/1_a.sql": "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n" };

describe("init without migrations", () => {
  it("writes the config, the folder and the document, and says what to do next", async () => {
    write({ "package.json": '{ "author": { "name": "a" }, "name": "@acme/corner-shop" }' });
    const { exitCode, stdout, stderr } = await run("init");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatchInlineSnapshot(`
      "No migrations of another tool were found.

      Written:
        socrates-db.config.json
        migrations/corner_shop/.gitkeep
        docs/schema.md

      Next:
        Create the first migration: socrates-db create NAME --database corner_shop --phase 0
        Document the tables in docs/schema.md, then add "document": "docs/schema.md" to socrates-db.config.json
      "
    `);
    expect(read("socrates-db.config.json")).toMatchInlineSnapshot(`
      "{
        "$schema": "node_modules/socrates-db/docs/config.schema.json",
        "databases": {
          "corner_shop": {
            "migrations": "migrations/corner_shop"
          }
        }
      }
      "
    `);
    expect(read("docs/schema.md")).toMatchInlineSnapshot(`
      "# The schema

      Each table has a heading such as \`Table: users\` below that of its phase, and below the heading its SQL in a code block.
      \`socrates-db diff\` runs this SQL and compares the result with the database.

      ## corner_shop Database

      ### Phase 0
      "
    `);
    expect(existsSync(path.join(folder, "migrations/corner_shop"))).toBe(true);
  });
  it("uses the variable that the application reads", async () => {
    write({ ".env": "A=b\nexport DATABASE_URL=postgres://localhost/shop\n" });
    await run("init", "--database", "shop");
    expect(JSON.parse(read("socrates-db.config.json")).databases).toEqual({
      shop: { migrations: "migrations/shop", urlVariable: "DATABASE_URL" },
    });
  });
  it("names migrations that no known tool has written", async () => {
    write({ "supabase/migrations/1_a.sql": "SELECT 1;\n" });
    const { stdout } = await run("init", "--format", "json");
    expect(JSON.parse(stdout)).toMatchObject({
      tool: null,
      folder: null,
      takes: [],
      warnings: [{ from: "supabase/migrations", reason: expect.stringContaining("not taken over") }],
    });
  });
  it("names a config file above, which it hides", async () => {
    write({ "socrates-db.config.json": "{}" });
    mkdirSync(path.join(folder, "app"));
    const { stdout } = await runCli(["init", "--format", "json"], { cwd: path.join(folder, "app") });
    expect(JSON.parse(stdout).warnings).toEqual([
      { from: path.join(folder, "socrates-db.config.json"), reason: expect.stringContaining("is not read") },
    ]);
  });
});

describe("init writes everything or nothing", () => {
  it("writes nothing in a dry run, and says what it would write", async () => {
    write(dbmate);
    const before = all();
    const { exitCode, stdout } = await run("init", "--dry-run", "--database", "shop", "--format", "json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      written: [],
      wouldWrite: [
        "socrates-db.config.json",
        "migrations/shop/001_a.sql",
        "migrations/shop/001_a.down.sql",
        "docs/schema.md",
      ],
    });
    expect(all()).toEqual(before);
  });
  it.each([
    ["socrates-db.config.json", "socrates-db.config.json: exists already; init never overwrites"],
    ["docs/schema.md", "docs/schema.md: exists already; init never overwrites"],
    ["migrations/shop/x", "migrations/shop: exists and is not an empty folder; init never overwrites"],
    ["migrations/shop", "migrations/shop: exists and is not an empty folder; init never overwrites"],
  ])("does not overwrite %s", async (name, reason) => {
    write({ ...dbmate, [name]: "mine" });
    const before = all();
    const { exitCode, stderr, stdout } = await run("init", "--database", "shop", "--format", "json");
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `error: ${reason}\nhint: Nothing was written. Fix what is refused and run init again.\n`,
    });
    expect(JSON.parse(stdout)).toMatchObject({ takes: [], written: [], error: { code: "init-refused" } });
    expect(all()).toEqual(before);
    expect(read(name)).toBe("mine");
  });
  it("removes what it has written if a file cannot be written", async () => {
    write({ ...dbmate, docs: "a file" });
    const before = all();
    const { code, text } = await refusal(place, ["init", "--database", "shop"]);
    expect(code).toBe("output-failed");
    expect(text).toContain("Nothing was written.");
    expect(all()).toEqual(before);
  });
});

describe("init refuses", () => {
  it.each([
    [["--tool", "flyway"], "no migrations of flyway were found"],
    [["--folder", "db"], "no migrations in db were found"],
    [["--database", "Shop"], '"Shop" cannot be the key of a database'],
    [["--url", "postgres://a:b@localhost/c"], "--url does not start with the key of a database"],
    [["--url", "a=postgres://localhost/a", "--url", "b=postgres://localhost/b"], "several --url"],
    [
      ["--url", "a=postgres://localhost/a", "--database", "b"],
      "--url and --database name different databases",
    ],
  ])("%j", async (args, message) => {
    write(dbmate);
    const before = all();
    const { code, text } = await refusal(place, ["init", ...args]);
    expect(code).toBe("usage");
    expect(text).toContain(message);
    expect(all()).toEqual(before);
  });
});
