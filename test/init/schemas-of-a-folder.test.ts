import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { adoptClean, rebuilt, withExisting } from "./existing.ts";

/** Databases of other applications, such as the output of `pg_dump --schema-only`: one for each file. */
const folder = process.env["SOCRATES_DB_TEST_SCHEMAS"];
if (folder === undefined) throw new Error("name a folder with .sql files in SOCRATES_DB_TEST_SCHEMAS");
const files = readdirSync(folder).filter((file) => file.endsWith(".sql"));

/** Without the commands of psql that pg_dump writes. */
function sqlOf(from: string, file: string): string {
  return readFileSync(path.join(from, file), "utf8").replace(/^\\.*$/gm, "");
}

describe("init --from takes the databases of SOCRATES_DB_TEST_SCHEMAS", () => {
  it.each(files.sort())("%s", async (file) => {
    const database = { name: file, sql: sqlOf(folder, file), extensions: [], facts: [] };
    await withExisting(database, async (source) => {
      await adoptClean(source);
      for (const engine of ["server", "embedded"] as const)
        expect(await rebuilt(engine, database)).toEqual([]);
    });
  });
});
