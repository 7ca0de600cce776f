import { describe, expect, it } from "vitest";
import { databases } from "../../src/databases.ts";
import { parseDocument } from "../../src/document/read.ts";

const phase = "## Phase 0\n";
const database = "### socrates_auth database\n";
const create = (name: string) => `CREATE TABLE ${name} (id INT PRIMARY KEY)`;
const fence = (sql: string, info = "sql") => `\`\`\`${info}\n${sql};\n\`\`\`\n`;
const document = (heading: string, body: string) => `${phase}${database}#### ${heading}\n${body}`;

function tablesOf(text: string) {
  return parseDocument(text, "d.md", databases).tables.map(({ name, statements }) => [
    name,
    statements.length,
  ]);
}

function codesOf(text: string) {
  return parseDocument(text, "d.md", databases).unread.map(({ code, location }) => [code, location.line]);
}

describe("headings in real documents", () => {
  it.each([
    "Table: pots",
    "3.1 Table: pots",
    "2) Table: pots",
    "📋 Table: pots",
    "Table : pots",
    "Table：pots",
    "**Table:** pots",
    "Table: `pots`",
    'Table: "pots"',
    "Table: public.pots",
    "Table: Pots (cooking)",
    '<a name="p"></a>Table: pots',
    "Table: pots {#pots}",
    "[Table: pots](#pots)",
    "Tabelle: pots",
    "Таблица: pots",
    "表：pots",
  ])("%s", (heading) => {
    expect(tablesOf(document(heading, fence(create("pots"))))).toEqual([["public.pots", 1]]);
  });

  it.each([
    ["größen", 'public."größen"'],
    ["鍋", 'public."鍋"'],
    ["stock.lids", "stock.lids"],
    ['"Order Items"', 'public."Order Items"'],
    ['"my schema"."a.b"', '"my schema"."a.b"'],
  ])("table %s", (name, identity) => {
    expect(tablesOf(document(`Table: ${name}`, fence(create(name))))).toEqual([[identity, 1]]);
  });

  it("takes schema and spelling from the SQL if the heading omits them", () => {
    expect(tablesOf(document("Table: lids", fence(create("stock.lids"))))).toEqual([["stock.lids", 1]]);
    expect(tablesOf(document("Table: Users", fence(create('"Users"'))))).toEqual([['public."Users"', 1]]);
  });

  it("reads one table name in two schemas", () => {
    const text = `${document("Table: lids", fence(create("lids")))}#### Table: stock.lids\n${fence(create("stock.lids"))}`;
    expect(tablesOf(text)).toEqual([
      ["public.lids", 1],
      ["stock.lids", 1],
    ]);
  });

  it.each([
    "socrates_auth database",
    "2. socrates_auth Database",
    "🔐 socrates_auth database",
    "`socrates_auth` database",
    "Database 1: socrates_auth",
    "Database: socrates_auth",
  ])("database %s", (heading) => {
    const text = `${phase}### ${heading}\n#### Table: pots\n${fence(create("pots"))}`;
    expect(parseDocument(text, "d.md", databases).tables.map((table) => table.database)).toEqual([
      "socrates_auth",
    ]);
  });

  it.each([
    ["Phase 0", 0, 0],
    ["Phases 0 to 2", 0, 2],
    ["Phase 0—2", 0, 2],
    ["Phase 0\u20112", 0, 2],
    ["Phase 0 – 2", 0, 2],
    ["Phase 0..2", 0, 2],
    ["Phases 1 and 3", 1, 3],
    ["Phases 0 through 2", 0, 2],
    ["Phases 0, 12 tables", 0, 0],
    ["3. PHASE 1: growth", 1, 1],
  ])("%s", (heading, from, to) => {
    const text = `## ${heading}\n${database}#### Table: pots\n${fence(create("pots"))}`;
    expect(parseDocument(text, "d.md", databases).tables[0]?.phase).toEqual({ from, to });
  });

  it("refuses an unbounded phase, and a name that PostgreSQL would truncate", () => {
    expect(() => tablesOf(document("Table: pots (Phase 20240115)", fence(create("pots"))))).toThrow(
      "d.md:3:1: phase 20240115 is larger than 999",
    );
    const long = "a".repeat(64);
    expect(() => tablesOf(document("Table: pots", fence(create(long))))).toThrow(
      `d.md:5:14: the name "${long}" is longer than the 63 bytes`,
    );
  });
});

describe("fences of SQL in real documents", () => {
  it.each([
    ["a bare fence", fence(create("pots"), "")],
    ["{.sql}", fence(create("pots"), "{.sql .numberLines}")],
    ["sql{1,3}", fence(create("pots"), "sql{1,3}")],
    ["SQL title", fence(create("pots"), 'SQL title="pots"')],
    ["psql", fence(create("pots"), "psql")],
    ["pg", fence(create("pots"), "pg")],
    ["postgres", fence(create("pots"), "postgres")],
    ["PostgreSQL", fence(create("pots"), "PostgreSQL")],
    ["pgsql", fence(create("pots"), "pgsql")],
    ["plpgsql", fence(create("pots"), "plpgsql")],
    ["postgresql", fence(create("pots"), "postgresql")],
    ["tildes", `~~~sql\n${create("pots")};\n~~~\n`],
    ["an indented block", `\n    -- pots\n    ${create("pots")};\n\n`],
    ["in a quote", `> \`\`\`sql\n> ${create("pots")};\n> \`\`\`\n`],
    ["in a list", `- SQL:\n\n  \`\`\`sql\n  ${create("pots")};\n  \`\`\`\n`],
  ])("%s", (_, body) => {
    expect(tablesOf(document("Table: pots", body))).toEqual([["public.pots", 1]]);
  });

  it("ignores a closed fence of another language in a quote, and refuses an unclosed one", () => {
    const text = document(
      "Table: pots",
      `${fence(create("pots"))}## Notes\n> \`\`\`bash\n> echo hello\n> \`\`\`\n`,
    );
    expect(tablesOf(text)).toEqual([["public.pots", 1]]);
    expect(() => tablesOf(document("Table: pots", "> ```sql\n> SELECT 1\n"))).toThrow(
      "the code fence is never closed",
    );
  });

  it("places a statement in a quote after its mark", () => {
    const [table] = parseDocument(
      document("Table: pots", `> \`\`\`sql\n> ${create("pots")};\n> \`\`\`\n`),
      "d.md",
      databases,
    ).tables;
    expect(table?.statements[0]?.location).toEqual({ file: "d.md", line: 5, column: 3 });
  });
});

describe("what is not read is a finding", () => {
  it.each([
    ["another name in the SQL", document("Table: pots", fence(create("pans"))), [["heading-mismatch", 5]]],
    [
      "no CREATE TABLE",
      document("Table: pots", fence("COMMENT ON TABLE pots IS 'x'")),
      [["heading-mismatch", 3]],
    ],
    ["a table without SQL", document("Table: pots", "Columns: id\n"), [["no-sql", 3]]],
    [
      "SQL below another heading",
      `${document("Table: pots", fence(create("pots")))}#### Notes\n${fence(create("pans"))}`,
      [["outside-table", 9]],
    ],
    [
      "SQL below no database",
      `${document("Table: pots", fence(create("pots")))}### Pans\n${fence(create("pans"))}`,
      [["no-database", 9]],
    ],
    [
      "a reference without a column",
      document("Table: pots", fence("CREATE TABLE pots (\n  cook INT -- References cooks\n)")),
      [["unread-reference", 6]],
    ],
    [
      "a reference on a line without a column",
      document("Table: pots", fence("CREATE TABLE pots (\n  -- References cooks(id)\n  cook INT\n)")),
      [["unread-reference", 6]],
    ],
  ])("%s", (_, text, codes) => {
    expect(codesOf(text)).toEqual(codes);
  });

  it("reports no queries and no other languages outside tables", () => {
    const text = `${document("Table: pots", fence(create("pots")))}## Examples\n${fence("SELECT 1")}${fence("CREATE", "text")}`;
    expect(codesOf(text)).toEqual([]);
  });
});

describe("references in real wordings", () => {
  const cooks = `#### Table: cooks\n${fence('CREATE TABLE cooks (id INT PRIMARY KEY, "cookId" INT)')}`;
  const referenceOf = (line: string) =>
    parseDocument(
      `${document("Table: pots", fence(`CREATE TABLE pots (id INT PRIMARY KEY,\n  ${line}\n)`))}${cooks}`,
      "d.md",
      databases,
    ).tables[0]?.references.map(({ column, toDatabase, toTable, toColumn }) => [
      column,
      toDatabase,
      toTable,
      toColumn,
    ]);

  it.each([
    ["cook INT -- References cooks(id)", ["cook", "socrates_auth", "public.cooks", "id"]],
    ["cook INT -- references cooks.id", ["cook", "socrates_auth", "public.cooks", "id"]],
    ["cook INT -- refers to Cooks(ID)", ["cook", "socrates_auth", "public.cooks", "id"]],
    ["cook INT -- FK to cooks.id", ["cook", "socrates_auth", "public.cooks", "id"]],
    ["cook INT -- → cooks.id", ["cook", "socrates_auth", "public.cooks", "id"]],
    ["cook INT /* References cooks(id) */", ["cook", "socrates_auth", "public.cooks", "id"]],
    [
      "cook INT -- References cooks(id) in the socrates_specs database",
      ["cook", "socrates_specs", "public.cooks", "id"],
    ],
    ["cook INT -- References socrates_auth.cooks(id)", ["cook", "socrates_auth", "public.cooks", "id"]],
    ["cook INT -- References stock.cooks(id)", ["cook", "socrates_auth", "stock.cooks", "id"]],
    ["cook INT -- References cooks(cookId)", ["cook", "socrates_auth", "public.cooks", "cookId"]],
    ['"cookId" INT -- References cooks(id)', ["cookId", "socrates_auth", "public.cooks", "id"]],
    ["köchin INT -- References cooks(id)", ["köchin", "socrates_auth", "public.cooks", "id"]],
    ["a INT, b INT -- References cooks(id)", ["b", "socrates_auth", "public.cooks", "id"]],
    [
      "cook numeric(3, 1) CHECK (cook IN (1, 2)), -- References cooks(id)\n  x INT",
      ["cook", "socrates_auth", "public.cooks", "id"],
    ],
    ["note TEXT DEFAULT '-- References no(id)'", undefined],
  ])("%s", (line, reference) => {
    expect(referenceOf(line)).toEqual(reference === undefined ? [] : [reference]);
  });

  it("reads those of a table in another schema", () => {
    const text = document(
      "Table: lids",
      fence("CREATE SCHEMA stock;\nCREATE TABLE stock.lids (id INT,\n  cook INT -- References cooks(id)\n)"),
    );
    expect(parseDocument(`${text}${cooks}`, "d.md", databases).tables[0]?.references[0]?.table).toBe(
      "stock.lids",
    );
  });
});

describe("drawings", () => {
  it("take the name of a box, not what is listed below its rule", () => {
    const drawing = [
      "┌───────────┐",
      "│   pots    │",
      "├───────────┤",
      "│ id (PK)   │",
      "│ size      │",
      "└───────────┘",
    ];
    const text = document(
      "Table: pots",
      `${fence(create("pots"))}## Entity relationship diagram\n\`\`\`\n${drawing.join("\n")}\n\`\`\`\n`,
    );
    expect(parseDocument(text, "d.md", databases).drawn.map(({ name }) => name)).toEqual(["pots"]);
  });
  it("as names that continue below, in two boxes that begin with the same word", () => {
    const drawing = ["│ pot_  │ │ pot_  │", "│ lids  │ │ sizes │"];
    const text = document(
      "Table: pots",
      `${fence(create("pots"))}## Diagram\n\`\`\`\n${drawing.join("\n")}\n\`\`\`\n`,
    );
    expect(parseDocument(text, "d.md", databases).drawn.map(({ name }) => name)).toEqual([
      "pot_lids",
      "pot_sizes",
    ]);
  });
});

/** The tables of a document of one database without phases. */
function tablesOfOne(text: string) {
  const { tables, unread } = parseDocument(text, "d.md", [
    { key: "shop", name: "shop", urlVariable: "DATABASE_URL_SHOP" },
  ]);
  expect(unread).toEqual([]);
  return tables.map(({ name, statements }) => [name, statements.length]);
}

describe("headings that only name a table", () => {
  it.each([
    ["pots", "# pots\n"],
    ["a closing mark", "## pots ##\n"],
    ["a code span after a number", "### 1.1 `pots` — the pots {#t-pots}\n"],
    ["bold after an emoji", "### 1.2 📦 Table **pots**\n"],
    ["an escaped character", "## pots \\*\n"],
    ["an underline", "The pots\n--------\n"],
    ["a quoted name", '## "pots"\n'],
    ["HTML", '<h2 align="center">Table: <code>pots</code></h2>\n\n'],
    ["HTML around them", "<details>\n<summary>SQL</summary>\n\n## Pots\n\n"],
    ["a line in a list", "* Table: pots\n\n"],
    ["a bold line", "**Table: pots**\n\n"],
    ["front matter above them", "---\ntitle: x\nsql: CREATE TABLE lids (id INT)\n---\n# pots\n"],
  ])("%s", (_, text) => expect(tablesOfOne(`${text}${fence(create("pots"))}`)).toEqual([["public.pots", 1]]));

  it("begin a section each, also on lines of a list and of a quote", () => {
    const item = (name: string) => `* Table: ${name}\n\n  \`\`\`pgsql\n  ${create(name)};\n  \`\`\`\n\n`;
    const quote = `> Table: lids\n>\n> ~~~sql\n> ${create("lids")};\n> ~~~\n`;
    expect(tablesOfOne(`# pots\n${fence(create("pots"))}${item("pans")}${quote}`)).toEqual([
      ["public.pots", 1],
      ["public.pans", 1],
      ["public.lids", 1],
    ]);
  });

  it("are prose if the SQL below them creates another table, as are examples, comments and indented fences", () => {
    const text = [
      `# pots\n${fence(create("pots"))}# Examples`,
      `\`\`\`\`markdown\n${fence(create("not_a_table"))}\`\`\`\``,
      `<!--\n${fence(create("planned"))}-->`,
      "    ```sql\n    CREATE TABLE indented (id INT);\n    ```",
      "```sh\npsql -c 'CREATE TABLE no_sql (id INT)'\n```",
    ].join("\n\n");
    expect(tablesOfOne(text)).toEqual([["public.pots", 1]]);
  });
});

describe("SQL outside of tables", () => {
  it("counts if each statement alters a documented table, in the phase above or that of its tables", () => {
    const alter =
      "ALTER TABLE pots ADD COLUMN size INT -- References lids(id)\n;\nCREATE INDEX by_size ON public.pots (size)";
    const text = `${document("Table: pots (Phase 1)", fence(create("pots")))}#### Changes\n${fence(alter)}## Phase 3\n### socrates_auth database\n#### More\n${fence("COMMENT ON COLUMN pots.id IS 'x'")}`;
    const { objects, tables, unread } = parseDocument(text, "d.md", databases);
    expect(unread).toEqual([]);
    expect(objects.map(({ phase, statements }) => [phase.from, statements.length])).toEqual([
      [1, 2],
      [3, 1],
    ]);
    expect(tables[0]?.references).toMatchObject([{ table: "public.pots", column: "size" }]);
  });
});
