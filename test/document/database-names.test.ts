import { describe, expect, it } from "vitest";
import { databaseNames } from "../../src/document/database-names.ts";
import { parseDocument } from "../../src/document/read.ts";

const named = (key: string, name = key) => ({ key, name, urlVariable: `DATABASE_URL_${key.toUpperCase()}` });
const shop = [named("catalog", "shop_catalog"), named("orders", "shop-orders"), named("staff")];

describe("the database in a heading", () => {
  const { inHeading } = databaseNames(shop);
  it.each([
    ["shop_catalog Database", "shop_catalog"],
    ["Database 2: shop-orders", "shop-orders"],
    ["2. shop-orders (database)", "shop-orders"],
    ['"shop-orders" database', "shop-orders"],
    ["Staff database", "staff"],
    ["Orders Database", "shop-orders"],
    ["Database: catalog", "shop_catalog"],
    ["warehouse database", "warehouse"],
    ["Relational database design", undefined],
  ])("%s", (heading, name) => expect(inHeading(heading)).toBe(name));
});

const table = (name: string, column = "id INT") =>
  `### Table: ${name} (Phase 0)\n\n\`\`\`sql\nCREATE TABLE ${name} (${column}\n);\n\`\`\`\n`;

describe("a document of one database", () => {
  it("needs no heading for it", () => {
    const text = `# Architecture\n\n- pots\n\n${table("pots")}\n${table("lids", "pot INT -- References pots(id)")}`;
    const { tables, listed } = parseDocument(text, "d.md", [named("kitchen")]);
    expect(tables.map(({ database }) => database)).toEqual(["kitchen", "kitchen"]);
    expect(tables[1]?.references[0]).toMatchObject({ toDatabase: "kitchen", toTable: "public.pots" });
    expect(listed).toMatchObject([{ name: "pots", database: "kitchen" }]);
  });
  it("may name another one, which is not the only one then", () => {
    const [first] = parseDocument(`## cellar database\n${table("pots")}`, "d.md", [named("kitchen")]).tables;
    expect(first?.database).toBe("cellar");
  });
});

describe("a document of several databases", () => {
  it("needs a heading for each, and the error names one of them", () =>
    expect(() => parseDocument(table("pots"), "d.md", shop)).toThrow(
      expect.objectContaining({
        message: "d.md:1:1: table pots is not below a database heading",
        hint: 'Put it below a heading such as "shop_catalog Database".',
      }),
    ));
  it("refers to a database by its name or key", () => {
    const text = `## orders database\n${table("items", "a INT, -- References products(id) in catalog\n b INT -- References people(id) in Staff")}`;
    expect(
      parseDocument(text, "d.md", shop).tables[0]?.references.map(({ toDatabase }) => toDatabase),
    ).toEqual(["shop_catalog", "staff"]);
  });
});
