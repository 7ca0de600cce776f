import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openSession } from "../../src/database/session.ts";
import { runCli } from "../support/cli.ts";
import { folder } from "./repository.ts";
import { repositories, wants } from "./want.ts";

const run = (...args: string[]) => runCli(args, { cwd: folder });

/** One column of a query on the embedded database that `migrate` has filled. */
async function column(sql: string): Promise<string[]> {
  const target = { kind: "embedded", directory: path.join(folder, ".socrates-db/shop") } as const;
  const session = await openSession({ key: "shop", name: "shop", target, applicationName: "test" });
  try {
    return (await session.read<{ value: string }>(sql)).map(({ value }) => value);
  } finally {
    await session.close();
  }
}

const relations = `
  SELECT CASE table_schema WHEN 'public' THEN '' ELSE table_schema || '.' END || table_name AS value
  FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema', 'socrates_db')
  ORDER BY table_schema = 'public', 1`;

/** Takes over a repository, after a change, and applies its migrations. */
async function migrated(name: string, change: () => void = () => {}): Promise<void> {
  cpSync(path.join(repositories, name), folder, { recursive: true });
  change();
  expect((await run("init", "--database", "shop")).stderr).toBe("");
  const { exitCode, stderr } = await run("migrate", "--quiet");
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
}

describe("the migrations of a repository, taken over and applied, lead to the tables of want.txt", () => {
  it.each(wants.filter(({ refuses }) => refuses.length === 0))("$name", async ({ name, end }) => {
    await migrated(name);
    expect(await column(relations)).toEqual(end);
  });
  it("003 once the placeholder has a value", async () => {
    await migrated("003-flyway-placeholders", () => {
      const file = path.join(folder, "flyway.toml");
      writeFileSync(file, `${readFileSync(file, "utf8")}\ncustomer = "customer"\n`);
    });
    expect(await column(relations)).toEqual(["orchard.mails", "orchard.trees"]);
    expect(await column("SELECT orchard.label('oak') AS value")).toEqual(["oak of orchard"]);
  });
  it("012 without the files that are not UTF-8, with the line ends of a function's body", async () => {
    await migrated("012-bytes-that-are-not-utf-8", () => {
      for (const name of ["0003_latin1", "0004_utf16", "0005_nul"])
        rmSync(path.join(folder, "migrations", `${name}.up.sql`));
    });
    expect(await column("SELECT public.note() AS value")).toEqual(["two\r\nlines"]);
  });
});

it("the down files of a repository roll back what was taken over", async () => {
  await migrated("013-goose-is-not-plain-sql");
  expect((await run("rollback", "--steps", "2", "--quiet")).exitCode).toBe(0);
  expect(await column(relations)).toEqual([]);
});
