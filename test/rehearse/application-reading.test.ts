import { rmSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { open } from "../../src/index.ts";
import { numbered } from "../../src/rehearse/application/placeholders.ts";
import { readText } from "../../src/rehearse/application/reading.ts";
import { makeProject, places, rehearseWith } from "./application-project.ts";

let folder: string | undefined;
afterEach(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  folder = undefined;
});

const auth = { "m/auth/001_users.sql": "CREATE TABLE users (id int PRIMARY KEY, email text, tags text[]);" };
const specs = { "m/specs/002_projects.sql": "CREATE TABLE projects (id int PRIMARY KEY, user_id int);" };
const drop = { "m/auth/003_drop.sql": "ALTER TABLE users DROP COLUMN email;" };

describe("placeholders", () => {
  it.each([
    ["SELECT :a, :b, :a", "SELECT $1, $2, $1"],
    ["SELECT $2, :a", "SELECT $2, $3"],
    ["SELECT %s, %s", "SELECT $1, $2"],
    ["SELECT %(a)s, %(b)s, %(a)s", "SELECT $1, $2, $1"],
    ["SELECT :'a'", "SELECT $1"],
    ["SELECT x::int, ':a', \":a\", $$:a %s$$ -- :a %s", "SELECT x::int, ':a', \":a\", $$:a %s$$ -- :a %s"],
    ["SELECT a[1:n], a[:n], n%s, n %% 2 /* %s */", "SELECT a[1:n], a[:n], n%s, n % 2 /* %s */"],
    ["SELECT :a::int WHERE f(x := :b) AND n % size = 0", "SELECT $1::int WHERE f(x := $2) AND n % size = 0"],
    ["WHERE id IN :ids OR id in %s", "WHERE id IN ($1) OR id in ($2)"],
    [
      "now() - INTERVAL %s, timestamp with time zone $7",
      "now() - $8::INTERVAL, $7::timestamp with time zone",
    ],
    ["a[:n], ARRAY[:n, [:m]], x[1][:n]", "a[:n], ARRAY[$1, [$2]], x[1][:n]"],
    [":a IS NULL OR name = :a OR $1 is not null", "$3::text IS NULL OR name = $2 OR $4::text is not null"],
    ["extract($3 FROM at), EXTRACT( $4 from now())", "extract(epoch FROM at), EXTRACT( epoch from now())"],
  ])("%s", (from, to) => {
    expect(numbered(from)).toEqual({ sql: to, hasQuestionMark: false });
  });

  it("sees question marks outside of strings", () => {
    expect(numbered("SELECT ?").hasQuestionMark).toBe(true);
    expect(numbered("SELECT '?' -- ?").hasQuestionMark).toBe(false);
  });
});

describe("the text of a file", () => {
  it("separates statements from what has no plan, and keeps offsets", () => {
    const text = `\\set x it's
SET search_path = a;
SELECT 1 \\g out's.txt
COPY users FROM STDIN;
1\tit's; \\N
\\.
SELECT 2 \\; SELECT 'a;b';
COPY users TO STDOUT;
CREATE TABLE t (a int);
(SELECT 3)`;
    const { statements, commands, open } = readText(text);
    expect(statements.map((one) => one.text)).toEqual(["SELECT 1", "SELECT 2", "SELECT 'a;b'", "(SELECT 3)"]);
    for (const { text: statement, offset } of statements)
      expect(text.slice(offset, offset + statement.length)).toBe(statement);
    expect([...commands].sort()).toEqual(["COPY", "COPY", "CREATE TABLE", "SET", "\\g", "\\set"]);
    expect(open).toBeUndefined();
  });

  it("keeps what is before an unclosed quote", () => {
    const { statements, open } = readText("SELECT 1;\nSELECT 'open");
    expect(statements.map((one) => one.text)).toEqual(["SELECT 1"]);
    expect(open).toEqual({ offset: 10, reason: "a string is never closed" });
  });

  it("reads what is after a COPY without data", () => {
    expect(readText("COPY t FROM STDIN; SELECT 1").statements).toHaveLength(1);
  });
});

describe("a folder of statements", () => {
  it("plans with all kinds of parameters, and says why others are not planned", async () => {
    folder = makeProject(["auth"], {
      ...auth,
      ...drop,
      "sql/empty.sql": "",
      "sql/comment.sql": "-- nothing\n",
      "sql/latin.sql": new Uint8Array([0x53, 0x45, 0x4c, 0xe9]),
      "sql/open.sql": "SELECT id FROM users;\nSELECT 'open\n",
      "sql/params.sql":
        "SELECT id FROM users WHERE id = $1;\nSELECT id FROM users WHERE id = :id;\nSELECT id FROM users WHERE id = %s AND tags[1:2] = %(tags)s;\n",
      "sql/question.sql":
        "SELECT 1 FROM users WHERE id = ?;\nSELECT 2 FROM users WHERE id = ?;\nSELECT '{}'::jsonb ? 'a';\n",
      "sql/sub/wrong.sql":
        "SELECT id FROM users\nWHERE;\nSELEC 1;\nSELECT nope FROM users;\nSELECT x FROM absent;\n",
      "sql/notes.txt": "SELECT nope;",
    });
    const rehearsal = await rehearseWith(folder, 1);
    expect(places(rehearsal)).toEqual([
      "latin.sql:1 statement-not-planned",
      "open.sql:2 statement-not-planned",
      "question.sql:1 statement-not-planned",
      "wrong.sql:1 statement-not-planned",
      "wrong.sql:3 statement-not-planned",
      "wrong.sql:4 statement-not-planned",
      "wrong.sql:5 statement-not-planned",
    ]);
    expect(rehearsal.applicationStatements).toEqual({
      statements: 11,
      planned: 5,
      broken: 0,
      losingIndex: 0,
      joiningDatabases: 0,
      notPlanned: 6,
      unread: 2,
      leftOut: 0,
      commands: {},
    });
    const messages = rehearsal.findings.map(({ message }) => message);
    expect(messages).toContain('statement-not-planned: relation "absent" does not exist');
    expect(messages).toContain(
      "statement-not-planned: 2 statements with ? as a placeholder, which is not supported",
    );
    expect(messages.some((message) => message.includes("is not UTF-8"))).toBe(true);
  });

  it("reports a statement that only the new schema has as not planned, with the reason", async () => {
    folder = makeProject(["auth"], {
      ...auth,
      "m/auth/002_add.sql": "ALTER TABLE users ADD COLUMN phone text;",
      "sql/new.sql": "SELECT phone FROM users;",
    });
    const { findings } = await rehearseWith(folder, 1);
    expect(findings.map(({ message }) => message)).toContain(
      'statement-not-planned: it needs the migrations of auth: before them, column "phone" does not exist',
    );
  });

  it("names the file that breaks a statement, of several", async () => {
    folder = makeProject(["auth"], {
      ...auth,
      "m/auth/002_other.sql": "ALTER TABLE users ADD COLUMN phone text;",
      ...drop,
      "m/auth/004_other.sql": "ALTER TABLE users ADD COLUMN fax text;",
      "sql/a.sql": "SELECT email FROM users;",
    });
    const { findings } = await rehearseWith(folder, 1);
    const [found] = findings.filter(({ code }) => code === "statement-broken");
    expect(found).toMatchObject({ severity: "error", database: "auth" });
    expect(found?.message).toMatch(
      /^statement-broken: after .*003_drop\.sql, column "email" does not exist$/,
    );
  });

  it("says that there is no state after the migrations if one fails", async () => {
    folder = makeProject(["auth"], {
      ...auth,
      "m/auth/002_wrong.sql": "ALTER TABLE absent ADD COLUMN phone text;",
      "sql/a.sql": "SELECT email FROM users;",
    });
    const { findings, applicationStatements } = await rehearseWith(folder, 1);
    expect(findings.map(({ code }) => code)).toEqual(["not-measured", "statement-not-planned"]);
    expect(applicationStatements).toMatchObject({ planned: 1, broken: 0, notPlanned: 0 });
  });

  it("leaves no trace in what is measured", async () => {
    folder = makeProject(["auth"], { ...auth, ...drop, "sql/a.sql": "SELECT id FROM users;" });
    const project = await open({ cwd: folder, env: {} });
    const without = await project.rehearse({ since: 1 });
    const { applicationStatements, ...rest } = {
      ...(await project.rehearse({ since: 1, statements: "sql" })),
    };
    await project.close();
    expect(applicationStatements).toBeDefined();
    expect(rest).toEqual(without);
  });

  it("refuses a folder without an SQL file", async () => {
    folder = makeProject(["auth"], { ...auth, ...drop, "none/a.txt": "" });
    await expect(rehearseWith(folder, 1, "none")).rejects.toMatchObject({ code: "usage" });
  });

  it.each(["absent", "m/auth/001_users.sql"])("refuses %s", async (name) => {
    folder = makeProject(["auth"], { ...auth, ...drop });
    await expect(rehearseWith(folder, 1, name)).rejects.toMatchObject({ code: "folder-missing" });
  });
});

describe("statements of several databases", () => {
  it("belong to where they are valid, or to the database of their folder", async () => {
    folder = makeProject(["auth", "specs"], {
      ...auth,
      ...specs,
      ...drop,
      "m/specs/004_type.sql": "ALTER TABLE projects DROP COLUMN user_id;",
      "sql/all.sql": [
        "SELECT email FROM users;",
        "SELECT user_id FROM projects;",
        "SELECT u.id FROM users u JOIN projects p ON p.user_id = u.id;",
        "SELECT p.id FROM projects p, users u;",
        "SELECT nope FROM projects;",
        "SELECT 1;",
      ].join("\n"),
      "sql/auth/own.sql": "SELECT user_id FROM projects;\nSELECT * FROM users JOIN projects USING (id);\n",
      "sql/x/specs/own.sql": "SELECT user_id FROM projects;\nSELECT absent FROM absent;\n",
    });
    const rehearsal = await rehearseWith(folder, 2);
    expect(places(rehearsal)).toEqual([
      "all.sql:1 statement-broken",
      "all.sql:2 statement-broken",
      "all.sql:3 joins-databases",
      "all.sql:4 joins-databases",
      "all.sql:5 statement-not-planned",
      "own.sql:1 statement-broken",
      "own.sql:1 statement-not-planned",
      "own.sql:2 joins-databases",
      "own.sql:2 statement-not-planned",
    ]);
    const messageAt = (name: string, line: number) =>
      rehearsal.findings.flatMap(({ location, database, message }) =>
        location?.file.endsWith(name) && location.line === line ? [`${database} ${message}`] : [],
      );
    expect(messageAt("all.sql", 3)).toEqual([
      "undefined joins-databases: it names projects of specs and users of auth",
    ]);
    // The database that has the table says what is wrong.
    expect(messageAt("all.sql", 5)).toEqual([
      'undefined statement-not-planned: column "nope" does not exist',
    ]);
    expect(messageAt("auth/own.sql", 1)).toEqual([
      'auth statement-not-planned: relation "projects" does not exist; specs has what it names',
    ]);
  });

  it("join databases where they name a table with its database", async () => {
    folder = makeProject(["auth", "specs"], {
      ...auth,
      ...specs,
      ...drop,
      "sql/all.sql":
        "SELECT * FROM projects p JOIN socrates_auth.public.users u ON u.id = p.id;\nSELECT * FROM other.public.users;\n",
      "sql/auth/own.sql":
        "SELECT * FROM socrates_auth.public.users;\nSELECT * FROM socrates_specs.public.projects;\n",
    });
    const rehearsal = await rehearseWith(folder, 2);
    expect(places(rehearsal)).toEqual([
      "all.sql:1 joins-databases",
      "all.sql:2 statement-not-planned",
      "own.sql:1 statement-not-planned",
      "own.sql:2 joins-databases",
    ]);
    expect(rehearsal.findings.map(({ message }) => message)).toContain(
      "joins-databases: it names public.users of auth",
    );
  });

  it("are left out where another database is selected", async () => {
    folder = makeProject(["auth", "specs"], {
      ...auth,
      ...specs,
      ...drop,
      "sql/auth/a.sql": "SELECT email FROM users;",
      "sql/specs/b.sql": "SELECT nope FROM projects;\nSELECT 2;",
    });
    const project = await open({ cwd: folder, env: {}, database: "auth" });
    const result = await project.rehearse({ since: 2, statements: "sql" });
    await project.close();
    expect(result).toMatchObject({
      applicationStatements: { statements: 1, broken: 1, leftOut: 2 },
    });
  });

  it("are planned in a database without pending migrations", async () => {
    folder = makeProject(["auth", "specs"], {
      ...auth,
      ...specs,
      ...drop,
      "sql/a.sql": "SELECT user_id FROM projects;",
    });
    const rehearsal = await rehearseWith(folder, 2);
    expect(places(rehearsal)).toEqual([]);
    expect(rehearsal.applicationStatements.planned).toBe(1);
  });
});
