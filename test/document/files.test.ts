import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documentTexts } from "../../src/document/files.ts";
import { sectionsOf } from "../../src/document/model.ts";
import { parseFiles } from "../../src/document/read.ts";
import { verifyDocument } from "../../src/verify/document.ts";

const named = (key: string, name = key) => ({ key, name, urlVariable: `DATABASE_URL_${key.toUpperCase()}` });
const databases = [named("auth", "socrates_auth"), named("specs", "socrates_specs")];
const table = (name: string, columns = "id INT PRIMARY KEY") =>
  `# ${name}\n\n\`\`\`sql\nCREATE TABLE ${name} (${columns});\n\`\`\`\n`;

const files: Readonly<Record<string, string>> = {
  "docs/auth.md": table("users"),
  "docs/specs/b.md": table("pots", "id INT, cook INT -- References users(id) in auth\n"),
  "docs/specs/a.md": table("lids"),
  "docs/specs/deep/specs.md": `# socrates_auth database\n#${table("keys")}`,
  "docs/specs/.hidden.md": table("hidden"),
  "docs/specs/node_modules/x.md": table("installed"),
  "docs/other.md": `<!-- socrates-db: database specs -->\n\n${table("others")}`,
  "db/types.sql":
    "-- socrates-db: database specs\r\n-- socrates-db: phase 1\r\nCREATE TYPE mood AS ENUM ('calm');\r\nCREATE TABLE moods (m mood); CREATE INDEX by_mood ON moods (m);\r\n-- socrates-db: phase 2\r\nALTER TABLE moods ADD COLUMN n int;\r\n",
  "db/none.sql": "CREATE TABLE t (id int);",
  "db/auth.sql": "CREATE TABLE t (id int",
  "db/bad.sql": "SELECT 1;\n-- socrates-db: database stok\n",
  "db/word.sql": "-- socrates-db: stage 1\nSELECT 1;\n",
  "docs/two.md": table("users"),
};

describe("a document of several files", () => {
  let base: string;
  beforeAll(() => {
    base = mkdtempSync(path.join(tmpdir(), "socrates-db-files-"));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(base, name)), { recursive: true });
      writeFileSync(path.join(base, name), text);
    }
  });
  afterAll(() => rmSync(base, { recursive: true }));

  const texts = (...patterns: string[]) => documentTexts({ base, patterns }, databases);
  const parsed = (...patterns: string[]) => parseFiles(texts(...patterns), databases).document;
  const relative = (file: string) => path.relative(base, path.resolve(file)).split(path.sep).join("/");
  const tablesOf = (...patterns: string[]) =>
    parsed(...patterns).tables.map(({ database, name, location }) => [
      database,
      name,
      relative(location.file),
    ]);

  it("reads them in the order of the patterns, those of a glob by path, and each once", () => {
    const found = texts("docs/specs/**/*.md", "docs/*.md", "docs/auth.md").map(({ path: file }) =>
      relative(file),
    );
    expect(found).toEqual([
      "docs/specs/a.md",
      "docs/specs/b.md",
      "docs/specs/deep/specs.md",
      "docs/auth.md",
      "docs/other.md",
      "docs/two.md",
    ]);
  });

  it("takes the database from a heading, a comment, the file's name or the nearest folder", () => {
    expect(tablesOf("docs/auth.md", "docs/specs/**/*.md", "docs/other.md")).toEqual([
      ["socrates_auth", "public.users", "docs/auth.md"],
      ["socrates_specs", "public.lids", "docs/specs/a.md"],
      ["socrates_specs", "public.pots", "docs/specs/b.md"],
      ["socrates_auth", "public.keys", "docs/specs/deep/specs.md"],
      ["socrates_specs", "public.others", "docs/other.md"],
    ]);
    const [, , pots] = parsed("docs/auth.md", "docs/specs/*.md").tables;
    expect(pots?.references).toMatchObject([{ toDatabase: "socrates_auth", toTable: "public.users" }]);
  });

  it("executes SQL files in order, with the phases of their comments", () => {
    const sections = sectionsOf(parsed("db/types.sql"), "socrates_specs");
    expect(sections.map(({ phase, location }) => [phase.from, location.line, location.column])).toEqual([
      [1, 3, 1],
      [1, 4, 1],
      [2, 6, 1],
    ]);
    const [, index] = sections[1]?.statements ?? [];
    expect(index?.location).toMatchObject({ line: 4, column: 30 });
  });

  it.each([
    [["docs/none*.md"], "no file matches the document"],
    [["docs/none.md"], "cannot be read"],
    [["db/none.sql"], "none.sql does not say to which database it belongs"],
    [["db/bad.sql"], 'bad.sql:2:1: "stok" is not a database of this project'],
    [["db/word.sql"], 'word.sql:1:1: unknown directive "stage 1"'],
    [
      ["docs/auth.md", "docs/two.md", "docs/specs/a.md"],
      "two.md:4:1: this SQL is not below a database heading",
    ],
  ])("refuses %j", (patterns, message) => {
    const run = () => {
      const { unread } = parsed(...patterns);
      throw new Error(
        unread
          .map(({ location, message: text }) => `${location.file}:${location.line}:1: ${text}`)
          .join("\n"),
      );
    };
    expect(run).toThrow(message);
  });

  it("names databases that are not configured, each once", () => {
    const unknown = parseFiles(
      [
        {
          path: "d.md",
          name: "d.md",
          text: `# stok database\n#${table("a")}#${table("b")}# socrates_auth database\n#${table("c")}`,
          isSql: false,
          database: undefined,
        },
      ],
      databases,
    ).document;
    expect(verifyDocument(unknown, new Map(), databases, 0)).toMatchObject([
      {
        code: "unknown-database",
        message: "tables a, b are documented for stok, which is not a configured database",
        location: { line: 2 },
      },
    ]);
  });
});
