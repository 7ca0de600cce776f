import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { smallChains, writeProject } from "../support/project.ts";
import { refusal } from "../support/refusal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "socrates-db-create-"));
  writeProject(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const place = { run: (args: readonly string[]) => runCli(args, { cwd: folder }) };
const create = (name: string, database: string, phase: string) =>
  place.run(["create", name, "--database", database, "--phase", phase, "--quiet"]);
const read = (name: string) => readFileSync(path.join(folder, name), "utf8");

function allFiles(): string[] {
  return readdirSync(path.join(folder, "migrations"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".sql"))
    .sort();
}

/** The output of a refused `create`; no file is written. */
async function refused(...args: string[]): Promise<string> {
  const before = allFiles();
  const { code, text } = await refusal(place, ["create", ...args]);
  expect(allFiles()).toEqual(before);
  return `${code}\n${text}`;
}

describe("create", () => {
  it("uses the next number over both chains and writes both files", async () => {
    const first = await create("Add invoices", "specs", "1");
    expect(first).toEqual({
      exitCode: 0,
      stdout: "migrations/specs/004_add_invoices.sql\nmigrations/specs/004_add_invoices.down.sql\n",
      stderr:
        'warning: migrations/specs/004_add_invoices.down.sql is empty: write its SQL, or mark the migration with "-- socrates-db: irreversible"\n',
    });
    expect(read("migrations/specs/004_add_invoices.sql")).toBe(
      "-- socrates-db: phase 1\n-- Add invoices\n\n",
    );
    expect(read("migrations/specs/004_add_invoices.down.sql")).toBe("-- Reverts 004_add_invoices\n\n");
    expect((await create("more", "auth", "2")).stdout).toContain("migrations/auth/005_more.sql\n");
  });
  it("reports it as JSON", async () => {
    const { stdout } = await place.run([
      "create",
      "x",
      "--database",
      "auth",
      "--phase",
      "6",
      "--format",
      "json",
    ]);
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      files: { up: "migrations/auth/004_x.sql", down: "migrations/auth/004_x.down.sql" },
    });
  });
  it.each([
    ["index users by-name", "004_index_users_by_name.sql"],
    ["  Trim  Me ", "004_trim_me.sql"],
    ["2fa", "004_2fa.sql"],
  ])("makes a file name of %j", async (name, file) => {
    expect((await create(name, "auth", "1")).stdout).toContain(`migrations/auth/${file}\n`);
  });
  it("a name over several lines stays a comment", async () => {
    await create("a\nDROP TABLE users", "auth", "1");
    expect(read("migrations/auth/004_a_drop_table_users.sql")).toBe(
      "-- socrates-db: phase 1\n-- a DROP TABLE users\n\n",
    );
  });
  it("its files are refused until they contain SQL", async () => {
    await create("later", "auth", "1");
    expect((await refusal(place, ["migrate"])).text).toContain(
      "004_later.sql is empty: it holds no statement",
    );
  });
});

describe("create refuses", () => {
  it("a name that cannot be a file name", async () => {
    expect(await refused("../../etc", "--database", "auth", "--phase", "1")).toMatchInlineSnapshot(`
      "usage
      error: "../../etc" cannot be the name of a migration
      hint: Use letters, digits, spaces, hyphens and underscores, for example: add_invoices"
    `);
    expect(await refused("x".repeat(101), "--database", "auth", "--phase", "1")).toContain("usage\n");
  });
  it("a phase that the chain has left", async () => {
    expect(await refused("x", "--database", "auth", "--phase", "0")).toMatchInlineSnapshot(`
      "usage
      error: phase 0 is over: 003_teams of auth is of phase 1
      hint: Phases never fall along a chain: use --phase 1 or later."
    `);
  });
  it("a database that does not exist", async () => {
    expect(await refused("x", "--database", "atuh", "--phase", "1")).toContain('Did you mean "auth"?');
  });
  it("chains that are not sound", async () => {
    writeFileSync(path.join(folder, "migrations/specs/003_twice.sql"), "-- socrates-db: phase 1\nSELECT 1;");
    expect(await refused("x", "--database", "auth", "--phase", "1")).toContain(
      "two migrations have the number 003",
    );
  });
  it("a folder inside node_modules", async () => {
    const inside = path.join(folder, "node_modules/socrates-db");
    mkdirSync(inside, { recursive: true });
    writeProject(inside, smallChains);
    const config = "node_modules/socrates-db/socrates-db.config.json";
    const args = ["--config", config, "--database", "auth", "--phase", "1"];
    expect(await refused("x", ...args)).toMatchInlineSnapshot(`
      "config-invalid
      error: the migrations folder node_modules/socrates-db/migrations/auth is inside node_modules
      hint: Copy the migrations into your repository and name their folders in socrates-db.config.json ("databases")."
    `);
    expect(readdirSync(path.join(inside, "migrations/auth"))).toHaveLength(4);
  });
});
