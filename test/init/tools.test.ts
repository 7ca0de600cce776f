import { describe, expect, it } from "vitest";
import { taken } from "./repository.ts";

const up = "-- socrates-db: phase 0\n";
const outside = "-- socrates-db: no-transaction\n";

describe("dbmate", () => {
  const file = (text: string) => ({ "db/migrations/1_a.sql": text });
  it("keeps Windows line ends and drops a byte order mark", async () => {
    const { files } = await taken(
      file("\ufeff-- migrate:up\r\nCREATE TABLE a (b int);\r\n\r\n-- migrate:down\r\nDROP TABLE a;\r\n"),
    );
    expect(files).toEqual({
      "001_a.sql": "-- from 1_a.sql\r\n-- socrates-db: phase 0\r\nCREATE TABLE a (b int);\r\n\r\n",
      "001_a.down.sql": "-- from 1_a.sql\r\nDROP TABLE a;\r\n",
    });
  });
  it.each([
    [
      "-- migrate:up\nCREATE FUNCTION a() RETURNS int LANGUAGE sql AS $$\n-- migrate:down\nSELECT 1 $$;\n",
      "line 2: a string quoted with $$ is never closed",
    ],
    [
      "-- migrate:up\n\\set a 1\nSELECT 1;\n-- migrate:down\n",
      'line 2: "\\set" is a command of psql, not SQL',
    ],
    ["-- migrate:up env:A\nSELECT 1;\n-- migrate:down\n", 'line 1: unknown option "env:A"'],
    [
      "-- migrate:down\nSELECT 1;\n-- migrate:up\nSELECT 1;\n",
      'line 1: "-- migrate:down" is above "-- migrate:up"',
    ],
    [
      "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 1;\n-- migrate:up\nSELECT 1;\n",
      "line 5: another block begins here",
    ],
    [
      "SELECT 1;\n-- migrate:up\nSELECT 1;\n-- migrate:down\n",
      'line 1: a statement is above "-- migrate:up"',
    ],
    [
      "-- migrate:up\nCOPY a FROM stdin;\n1\n\\.\n-- migrate:down\n",
      "line 2: COPY from stdin or to stdout moves rows between the server and a client such as psql",
    ],
    [
      "-- migrate:up\nSELECT 1;\nCOMMIT;\nSELECT 2;\n-- migrate:down\n",
      "line 3: transaction control (COMMIT) that is not one BEGIN and COMMIT around the whole file",
    ],
    [
      "-- migrate:up\nBEGIN;\nSELECT 1;\nSAVEPOINT a;\nCOMMIT;\n-- migrate:down\n",
      "line 4: transaction control (SAVEPOINT) that is not one BEGIN and COMMIT around the whole file",
    ],
    [
      "-- socrates-db: phase 3\n-- migrate:up\nSELECT 1;\n-- migrate:down\n",
      "already has directives of socrates-db",
    ],
  ])("refuses %j", async (text, reason) => {
    expect(await taken(file(text))).toMatchObject({ files: {}, refused: [`1_a.sql: ${reason}`] });
  });
  it("does not take a file with an extension in upper case, and says so", async () => {
    const { files } = await taken({
      ...file("-- migrate:up\nSELECT 1;\n-- migrate:down\n"),
      "db/migrations/2_b.SQL": "-- migrate:up\nSELECT 2;\n-- migrate:down\n",
    });
    expect(Object.keys(files)).toEqual(["001_a.sql"]);
  });
});

describe("statements outside a transaction", () => {
  const two = {
    "db/1_a.up.sql":
      "CREATE TABLE a (b int); -- first\n/* then */\nCREATE INDEX CONCURRENTLY c ON a (b);\nALTER TABLE a ADD d int;\nALTER TABLE a ADD e int;\n",
    "db/1_a.down.sql": "DROP INDEX c;\nDROP TABLE a;\n",
  };
  it("get a file each, between those before and after them", async () => {
    const { files, warnings } = await taken(two);
    expect(files).toEqual({
      "001_a.sql": `-- from 1_a.up.sql\n${up}CREATE TABLE a (b int); -- first\n`,
      "002_a_2.sql": `-- from 1_a.up.sql\n${up}${outside}/* then */\nCREATE INDEX CONCURRENTLY c ON a (b);\n`,
      "003_a_3.sql": `-- from 1_a.up.sql\n${up}ALTER TABLE a ADD d int;\nALTER TABLE a ADD e int;\n`,
    });
    expect(warnings).toEqual([
      "1_a.up.sql: becomes 3 migrations: each statement outside a transaction needs a separate file",
      "1_a.down.sql: its down part is left out: it cannot be divided into the 3 migrations; write the down files",
    ]);
  });
  it("get the statements of the down file that belong to them", async () => {
    const { files } = await taken({
      ...two,
      "db/1_a.up.sql": "CREATE TABLE a (b int);\nCREATE INDEX CONCURRENTLY c ON a (b);\n",
    });
    expect(files["001_a.down.sql"]).toBe("-- from 1_a.down.sql\nDROP TABLE a;\n");
    expect(files["002_a_2.down.sql"]).toBe("-- from 1_a.down.sql\nDROP INDEX c;\n");
  });
  it("get one file for each statement where the tool opens no transaction", async () => {
    const { files, warnings } = await taken({
      "db/1_a.sql":
        "-- +goose NO TRANSACTION\n-- +goose Up\nSET lock_timeout = '1s';\nALTER TYPE a ADD VALUE 'b';\nUPDATE c SET d = 'b';\n-- +goose Down\nSELECT 1;\n",
    });
    expect(Object.values(files).filter((text) => text.includes(outside))).toHaveLength(3);
    expect(warnings[0]).toContain("the settings of SET do not reach the next file");
  });
});

describe("BEGIN and COMMIT around a file", () => {
  it("are left out with their lines, and the rest is one transaction", async () => {
    const { files, warnings } = await taken({
      "db/1_a.up.sql":
        "-- why\r\nBEGIN; -- here\r\nCREATE TABLE a (b int);\r\nSELECT 1;\r\nEND TRANSACTION\r\n;\r\n-- end\r\n",
      "db/1_a.down.sql": "start transaction;DROP TABLE a;COMMIT",
      "db/2_b.up.sql": "BEGIN;\nCOMMIT;\n",
    });
    expect(files).toEqual({
      "001_a.sql":
        "-- from 1_a.up.sql\r\n-- socrates-db: phase 0\r\n-- why\r\nCREATE TABLE a (b int);\r\nSELECT 1;\r\n-- end\r\n",
      "001_a.down.sql": "-- from 1_a.down.sql\nDROP TABLE a;",
    });
    expect(warnings).toEqual([
      "1_a.up.sql: BEGIN and COMMIT are left out: each migration is a transaction",
      "1_a.down.sql: BEGIN and COMMIT are left out: each migration is a transaction",
    ]);
  });
  it("make one migration of a file that its tool runs outside a transaction", async () => {
    const { files } = await taken({
      "db/1_a.sql": "-- +goose Up\n-- +goose NO TRANSACTION\nBEGIN;\nSELECT 1;\nSELECT 2;\nCOMMIT;\n",
    });
    expect(files).toEqual({ "001_a.sql": `-- from 1_a.sql\n${up}SELECT 1;\nSELECT 2;\n` });
  });
});

describe("goose", () => {
  it.each([
    [
      { "db/1_a.sql": "-- +goose Up\n-- +goose ENVSUB ON\nSELECT '$A';\n" },
      "1_a.sql: line 2: ENVSUB fills in environment variables, whose values are not known",
    ],
    [
      { "db/1_a.sql": "-- +goose Up\nSELECT 1;\n", "db/00001_b.sql": "-- +goose Up\nSELECT 1;\n" },
      "1_a.sql: has the same version, 1, as 00001_b.sql: the order is not defined",
    ],
    [
      { "db/1_a.sql": "-- +goose Up\nSELECT 1;\n", "db/2_b.go": "package db\n" },
      "2_b.go: is a migration in Go, not in SQL; start with a baseline of a database that has all of them: socrates-db init --from KEY=URL",
    ],
  ])("refuses %j", async (files, reason) => {
    expect(await taken(files)).toMatchObject({ tool: "goose", files: {}, refused: [reason] });
  });
  it("reads annotations in lower case, and orders by number", async () => {
    const { files } = await taken({
      "db/10_b.sql": "-- +goose up\nSELECT 10;\n",
      "db/9_a.sql":
        "-- +goose up\n-- +goose statementbegin\nSELECT 9;\n-- +goose statementend\n-- +goose down\n",
    });
    expect(files).toEqual({
      "001_a.sql": `-- from 9_a.sql\n${up}SELECT 9;\n`,
      "002_b.sql": `-- from 10_b.sql\n${up}SELECT 10;\n`,
    });
  });
});

describe("sql-migrate", () => {
  it("joins the parts of a direction, and orders by number, then name, then without a number", async () => {
    const { tool, files } = await taken({
      "db/x.sql": "-- +migrate Up\nSELECT 3;\n",
      "db/10-b.sql": "-- +migrate Up notransaction\nVACUUM;\n-- +migrate Down\n",
      "db/9-a.sql":
        "-- why\n-- +migrate Up\nSELECT 1;\n-- +migrate Down\nSELECT -1;\n-- +migrate Up\nSELECT 2;\n",
    });
    expect(tool).toBe("sql-migrate");
    expect(files).toEqual({
      "001_a.sql": `-- from 9-a.sql\n${up}-- why\nSELECT 1;\nSELECT 2;\n`,
      "001_a.down.sql": "-- from 9-a.sql\nSELECT -1;\n",
      "002_b.sql": `-- from 10-b.sql\n${up}${outside}VACUUM;\n`,
      "003_x.sql": `-- from x.sql\n${up}SELECT 3;\n`,
    });
  });
});

describe("node-pg-migrate", () => {
  it("reads both parts in either order", async () => {
    const { files } = await taken({
      "package.json":
        '{ "scripts": { "m": "node-pg-migrate -m sql" }, "dependencies": { "node-pg-migrate": "1" } }',
      "sql/1696000000000_b.sql": "-- Down Migration\nSELECT -2;\n--- up migration\nSELECT 2;\n",
      "sql/20230101000000000_a.sql": "SELECT 1;\n",
      "sql/.x": "",
    });
    expect(files).toEqual({
      "001_a.sql": `-- from 20230101000000000_a.sql\n${up}SELECT 1;\n`,
      "002_b.down.sql": "-- from 1696000000000_b.sql\nSELECT -2;\n",
      "002_b.sql": `-- from 1696000000000_b.sql\n${up}SELECT 2;\n`,
    });
  });
  it("leaves files of other tools alone that have such a comment", async () => {
    const { tool } = await taken({ "db/1_a.up.sql": "-- Up migration\nSELECT 1;\n" });
    expect(tool).toBe("golang-migrate");
  });
  it("refuses a file whose up part would contain its down part", async () => {
    const { refused } = await taken({
      "db/1_a.sql": "-- Up Migration\nSELECT 1;\n",
      "db/2_b.sql": "SELECT 1;\n-- Down Migration\nSELECT 2;\n",
    });
    expect(refused).toEqual([
      '2_b.sql: line 2: without a line "-- Up Migration", node-pg-migrate runs the whole file as up',
    ]);
  });
});

describe("Drizzle", () => {
  const journal = (tags: readonly string[], dialect = "postgresql") =>
    JSON.stringify({ dialect, entries: tags.map((tag, i) => ({ tag, when: i })) });
  it("adds the semicolons that are missing before breakpoints", async () => {
    const { files, warnings } = await taken({
      "drizzle/meta/_journal.json": journal(["0000_a"]),
      "drizzle/0000_a.sql":
        "SELECT 1 -- one\n--> statement-breakpoint\nSELECT 2;--> statement-breakpoint\nSELECT 3",
    });
    expect(files["001_a.sql"]).toBe(
      `-- from 0000_a.sql\n${up}SELECT 1; -- one\n--> statement-breakpoint\nSELECT 2;--> statement-breakpoint\nSELECT 3`,
    );
    expect(warnings).toContain("0000_a.sql: 1 missing semicolons were added before breakpoints");
  });
  it.each([
    [
      { "drizzle/meta/_journal.json": journal([], "mysql") },
      "meta/_journal.json: the dialect is mysql, not postgresql",
    ],
    [{ "drizzle/meta/_journal.json": "{" }, "meta/_journal.json: is not valid JSON"],
    [
      { "drizzle/meta/_journal.json": journal(["0000_a"]) },
      "0000_a.sql: is in meta/_journal.json, but the file is missing",
    ],
    [
      { "drizzle/1_a/migration.sql": "SELECT 1;", "drizzle/1_a/snapshot.json": "{}" },
      "drizzle: has folders instead of meta/_journal.json, a format of Drizzle that init does not read",
    ],
  ])("refuses %j", async (files, reason) => {
    expect(await taken(files)).toMatchObject({ tool: "drizzle", files: {}, refused: [reason] });
  });
});

describe("Prisma", () => {
  it("refuses another database", async () => {
    const { refused } = await taken({
      "prisma/migrations/migration_lock.toml": 'provider = "mysql"\n',
      "prisma/migrations/1_a/migration.sql": "SELECT 1;\n",
    });
    expect(refused).toEqual(["migration_lock.toml: the provider is mysql, not postgresql"]);
  });
});
