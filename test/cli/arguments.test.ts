import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { makePlace, type Place } from "../support/place.ts";
import { writeProject } from "../support/project.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "socrates-db-arguments-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const secret = "hunter9secret";
const url = `postgresql://u:${secret}@127.0.0.1:1/d`;
const keywords = `host=127.0.0.1 port=1 user=u password=${secret}`;

describe("an argument that looks like a connection string is never repeated", () => {
  it.each([
    ["diff", "--to", keywords, "--database", "auth"],
    ["diff", "--to", `host = h  password = '${secret}'`, "--database", "auth"],
    ["diff", "--from", `pasword=${secret}`],
    ["diff", "--to", `u:${secret}@127.0.0.1/d`],
    ["diff", "--to", `mysql://u:${secret}@h/d`, "--database", "auth"],
    ["status", `--auth-ulr=${url}`],
    ["status", `--auth-ulr=${keywords}`],
    ["status", "--auth-ulr", url],
    [`PGPASSWORD=${secret}`, "status"],
    ["status", `PGPASSWORD=${secret}`],
    ["status", url],
    [keywords],
    ["help", keywords],
    ["status", "--database", keywords],
    ["status", "--database", url],
    ["status", "--config", keywords],
    ["status", "--format", keywords],
    ["migrate", "--phase", url],
    ["migrate", "--lock-timeout", keywords],
    ["verify", keywords],
    ["trace", url],
    ["create", keywords, "--database", "auth", "--phase", "1"],
    ["diagram", "--source", keywords, "--database", "auth"],
    ["diagram", "--table", url],
    ["diff", "--document", keywords],
    ["status", "--data-dir", url],
    ["completion", keywords],
  ])("%j", async (...args) => {
    for (const more of [[], ["--format", "json"], ["--verbose"]]) {
      const { stdout, stderr } = await runCli([...args, ...more], {
        cwd: folder,
        // The process list and uncaught errors need a separate process; the rest also runs in this one.
        spawn: more.length === 0,
      });
      expect(`${stdout}${stderr}`).not.toContain(secret);
      if (!more.includes("--verbose")) expect(stderr).not.toMatch(/^\s+at .*:\d+/m);
    }
  });
});

describe("a source that is a connection string", () => {
  let place: Place;
  beforeAll(async () => {
    place = await makePlace("server");
    await place.query("auth", "CREATE TABLE pots (id int PRIMARY KEY)");
  });
  afterAll(() => place.dispose());
  const spec = () => {
    const { hostname, port, username, password, pathname } = new URL(place.env["DATABASE_URL_AUTH"] ?? "");
    return `host=${hostname} port=${port} user=${username} password=${password} dbname=${pathname.slice(1)}`;
  };

  it("may be a list of keywords", async () => {
    const { exitCode, stdout } = await place.run([
      "diff",
      "--to",
      spec(),
      "--from",
      spec(),
      "--database",
      "auth",
    ]);
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
  });
  it.each(["unicode", "ascii", "mermaid", "dot", "svg"])(
    "is called by where it leads in a diagram: %s",
    async (style) => {
      for (const source of [spec(), place.env["DATABASE_URL_AUTH"] ?? ""]) {
        const args = ["diagram", "--style", style, "--database", "auth", "--source", source];
        const { exitCode, stdout } = await place.run(args);
        expect(exitCode).toBe(0);
        expect(stdout).toContain("pots");
        expect(stdout).toMatch(/sdb_auth_\w+ as postgres/);
        expect(stdout).not.toContain("canary");
        expect(stdout).not.toContain("password");
      }
    },
  );
});

describe("an error in an SQL file does not print a password", () => {
  let place: Place;
  beforeAll(async () => {
    place = await makePlace("server");
  });
  afterAll(() => place.dispose());
  it.each([
    ["a role, followed by a mistake", `ALTER ROLE postgres PASSWORD '${secret}' VALID UNTI 'x';`],
    ["a role, without quotes", `ALTER ROLE postgres PASSWORD ${secret};`],
    ["a role, in double quotes", `CREATE ROLE r LOGIN PASSWORD "${secret}";`],
    ["a role, over two lines", `ALTER ROLE postgres PASSWORD\n  '${secret}' VALID UNTI 'x';`],
    ["a role, dollar-quoted", `ALTER ROLE postgres PASSWORD $x$${secret}$x$ VALID UNTI 'x';`],
    ["a subscription", `CREATE SUBSCRIPTION s CONNECTION 'host=h password=${secret} dbname=d' PUBLICATION;`],
    [
      "a subscription, quoted",
      `CREATE SUBSCRIPTION s CONNECTION 'password=''${secret}'' host=h' PUBLICATION;`,
    ],
    ["a subscription, by URI", `ALTER SUBSCRIPTION s CONNECTION 'postgresql://u:${secret}@h/d';`],
    ["a user mapping", `CREATE USER MAPPING FOR u SERVER s OPTIONS (user 'u', password '${secret}');`],
    ["a server", `ALTER SERVER s OPTIONS (SET secret_access_key '${secret}', ADD);`],
    ["a setting", `SELECT set_config('app.api_token', '${secret}', false) FROM nowhere;`],
    ["a query on it", `SELECT pg_read_file('x') WHERE password = '${secret}';`],
    ["text that the server repeats", `DO $$ BEGIN RAISE 'bad: %', 'password=${secret}'; END $$;`],
  ])("%s", async (_, sql) => {
    writeProject(place.folder, { "auth/001_x.sql": `-- socrates-db: phase 0\nSELECT 1;\n${sql}\n` });
    writeFileSync(path.join(place.folder, "x.sql"), sql);
    const source = ["diff", "--from", "x.sql", "--to", "x.sql", "--database", "auth"];
    for (const args of [["migrate"], ["migrate", "--format", "json"], ["migrate", "--verbose"], source]) {
      const { exitCode, stdout, stderr } = await place.run(args);
      expect([2, 3]).toContain(exitCode);
      expect(`${stdout}${stderr}`).not.toContain(secret);
    }
  });
  it("the rest of the line stays, and the caret points at the mistake", async () => {
    const sql = "ALTER ROLE postgres PASSWORD 'abc' VALID UNTI 'x';";
    writeProject(place.folder, { "auth/001_x.sql": `-- socrates-db: phase 0\n${sql}\n` });
    const { stderr } = await place.run(["migrate"]);
    expect(stderr).toContain("  2 | ALTER ROLE postgres PASSWORD ***** VALID UNTI 'x';\n");
    expect(stderr).toContain(`    | ${" ".repeat(sql.indexOf("UNTI"))}^\n`);
  });
});
