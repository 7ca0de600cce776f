import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { databases } from "../../src/databases.ts";
import { deferredIndexes } from "../../src/document/deferred.ts";
import { parseDocument, readDocument } from "../../src/document/read.ts";
import { maximumDocumentSize } from "../../src/document/text.ts";
import { SocratesError } from "../../src/errors.ts";

const fixture = path.resolve(import.meta.dirname, "../fixtures/documents/contradictions.md");
const own = path.resolve(import.meta.dirname, "../../docs/schema.md");

const small = [
  "# Shop",
  "## Phase 0-1 tables",
  "### shop_sales database",
  "#### Table: orders",
  "```sql",
  "CREATE TABLE orders (",
  "    id bigint PRIMARY KEY,",
  "    buyer uuid NOT NULL  -- References people(id) in shop_people",
  ");",
  "-- CREATE INDEX idx_orders_buyer",
  "--     ON orders (buyer);",
  "```",
  "## Phase 3 tables",
  "### shop_people database",
  "#### Table: people (Phase 2)",
  "```sql",
  "CREATE TABLE people (id uuid PRIMARY KEY);",
  "```",
  "## Indexes",
  "**Phase 0-1: 1 index**",
  "- orders: 1 index",
  "**Total: 1 indexes**",
].join("\n");

function errorOf(work: () => unknown): SocratesError {
  try {
    work();
  } catch (error) {
    if (error instanceof SocratesError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("parseDocument", () => {
  it("reads databases, phases, statements and references of any document with the structure", () => {
    const document = parseDocument(small, "shop.md", databases);
    expect(
      document.tables.map(({ name, database, phase }) => [name, database, phase.from, phase.to]),
    ).toEqual([
      ["public.orders", "shop_sales", 0, 1],
      ["public.people", "shop_people", 2, 2],
    ]);
    expect(document.tables[0]?.references).toEqual([
      {
        table: "public.orders",
        column: "buyer",
        toTable: "public.people",
        toColumn: "id",
        toDatabase: "shop_people",
        location: { file: "shop.md", line: 8, column: 26 },
      },
    ]);
    expect(
      document.tables[0]?.statements.map(({ sql, deferred, location }) => [
        sql.split("\n")[0],
        deferred,
        location.line,
      ]),
    ).toEqual([
      ["CREATE TABLE orders (", false, 6],
      ["CREATE INDEX idx_orders_buyer", true, 10],
    ]);
    expect(deferredIndexes(document)).toEqual(new Set(["idx_orders_buyer"]));
    expect(document.claims.map(({ claimed, about, location }) => [claimed, about, location.line])).toEqual([
      [1, { phase: { from: 0, to: 1 } }, 20],
      [1, { table: "orders" }, 21],
      [1, "all", 22],
    ]);
  });

  it.each([
    ["fixture", fixture, 1],
    ["own document", own, 0],
  ])("reads the whole %s", (_, file, deferred) => {
    const document = readDocument(file, databases);
    expect(document.tables).toHaveLength(25);
    expect(document.tables.flatMap(({ references }) => references)).toHaveLength(7);
    expect(deferredIndexes(document).size).toBe(deferred);
    expect(document.listed).toHaveLength(25);
    expect(document.announced.map(({ number }) => number)).toEqual(
      Array.from({ length: 14 }, (__, i) => i + 1),
    );
    expect(document.claims.filter(({ about }) => about === "all").map(({ claimed }) => claimed)).toEqual([
      85,
    ]);
  });

  it("joins a name that a drawing breaks over two lines", () => {
    const drawn = readDocument(fixture, databases).drawn.map(({ name }) => name);
    expect(drawn).toContain("password_reset_requests");
    expect(drawn).toHaveLength(13);
  });

  it.each([
    ["no table", "# Nothing\n", "x.md documents no table"],
    [
      "a table in no database",
      "## Phase 0\n#### Table: t\n",
      "x.md:2:1: table t is not below a database heading",
    ],
    [
      "a table in no phase, if another one has a phase",
      "### a database\n#### Table: s (Phase 1)\n#### Table: t\n",
      "x.md:3:1: table t has no phase",
    ],
    [
      "the same table twice",
      "## Phase 0\n### a database\n#### Table: t\n#### Table: t\n",
      "x.md:4:1: table t of a is documented twice, first in line 3",
    ],
    [
      "a fence that never closes",
      "## Phase 0\n### a database\n#### Table: t\n```sql\nSELECT 1;\n",
      "x.md:4:1: the code fence is never closed",
    ],
    [
      "a string that never closes",
      "## Phase 0\n### a database\n#### Table: t\n```sql\nSELECT 1;\n  SELECT 'é\n```\n",
      "x.md:6:10: a string is never closed",
    ],
  ])("refuses %s, with its place", (_, text, message) => {
    const error = errorOf(() => parseDocument(text, "x.md", databases));
    expect(error).toMatchObject({ code: "document-invalid", message, exitCode: 2 });
    expect(error.hint).not.toBe("");
  });
});

describe("readDocument", () => {
  it("refuses a document that is missing or too large, without reading it", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "socrates-db-document-"));
    try {
      expect(errorOf(() => readDocument(path.join(folder, "none.md"), databases)).message).toContain(
        "cannot be read",
      );
      const large = path.join(folder, "large.md");
      writeFileSync(large, Buffer.alloc(maximumDocumentSize + 1, " "));
      expect(errorOf(() => readDocument(large, databases)).message).toContain(
        `more than the ${maximumDocumentSize}`,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
