import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Column, Diagram, Table } from "../../src/diagram/model.ts";
import { renderMermaid } from "../../src/diagram/render/mermaid.ts";
import { runCli } from "../support/cli.ts";

const column = (name: string): Column => ({
  name,
  type: "int",
  nullable: false,
  roles: [],
  change: undefined,
});

/** A diagram of one table with one column. */
function diagramWith(name: string): Diagram {
  const table: Table = {
    id: "auth.t",
    database: "auth",
    name: "t",
    columns: [column(name)],
    partitions: undefined,
    stubOf: undefined,
    change: undefined,
  };
  return { database: "auth", title: "auth", tables: [table], references: [] };
}

/** Mermaid's lexer reads these as keys wherever a word begins with them. */
describe("a column with a name that Mermaid reads as a key", () => {
  it.each(["pk", "fk", "uk", "PK", "Fk", "pk-1", "uk,2", "fk[]"])("%s", (name) => {
    const diagram = diagramWith(name);
    const [line = ""] = /^ {4}int .*$/m.exec(renderMermaid([diagram], "all")) ?? [];
    expect(line).toMatch(/^ {4}int _\w/);
    expect(line).toContain(`"${name}"`);
  });
  it.each(["pkey", "fk_user", "_pk", "upk"])("%s stays as it is", (name) => {
    const diagram = diagramWith(name);
    expect(renderMermaid([diagram], "all")).toContain(`\n    int ${name}\n`);
  });
});

it.each([
  [500, true],
  [5, false],
])("%i large tables are warned of: %s", async (count, warned) => {
  const cwd = mkdtempSync(path.join(tmpdir(), "socrates-db-mermaid-"));
  try {
    const tables = Array.from(
      { length: count },
      (_, i) => `CREATE TABLE ${"long_".repeat(10)}${i} (id int);`,
    );
    writeFileSync(path.join(cwd, "many.sql"), tables.join("\n"));
    const args = [
      "diagram",
      "--source",
      "many.sql",
      "--database",
      "auth",
      "--style",
      "mermaid",
      "--columns",
      "all",
    ];
    const { exitCode, stdout, stderr } = await runCli(args, { cwd });
    expect(exitCode).toBe(0);
    expect(stdout.length > 50_000).toBe(warned);
    expect(stderr.includes("Mermaid draws at most 50000")).toBe(warned);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
});
