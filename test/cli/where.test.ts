import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CliOptions, runCli } from "../support/cli.ts";
import { makePlace, type Place } from "../support/place.ts";
import { writeProject } from "../support/project.ts";
import { refusal } from "../support/refusal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "socrates-db-where-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const place = {
  run: (args: readonly string[], options?: CliOptions) => runCli(args, { cwd: folder, ...options }),
};
const unreachable = (name: string) => `postgresql://u@127.0.0.1:1/${name}`;
const isMade = () => existsSync(path.join(folder, ".socrates-db"));

describe("an empty connection string is not a missing one (fault 46)", () => {
  const both = { DATABASE_URL_AUTH: unreachable("a"), DATABASE_URL_SPECS: unreachable("b") };
  it.each<[what: string, env: Record<string, string>, named: string]>([
    ["both empty", { DATABASE_URL_AUTH: "", DATABASE_URL_SPECS: "" }, "DATABASE_URL_AUTH"],
    ["one empty", { ...both, DATABASE_URL_SPECS: "" }, "DATABASE_URL_SPECS"],
    ["blanks", { ...both, DATABASE_URL_AUTH: "  \t" }, "DATABASE_URL_AUTH"],
    ["a line break", { ...both, DATABASE_URL_SPECS: "\n" }, "DATABASE_URL_SPECS"],
    ["one empty, the other absent", { DATABASE_URL_SPECS: "" }, "DATABASE_URL_SPECS"],
  ])("in the environment: %s", async (_, env, named) => {
    for (const command of ["migrate", "status", "diff"]) {
      const { code, text } = await refusal(place, [command], { env });
      expect(`${code}\n${text}`).toBe(
        `connection-string\nerror: ${named} is set, but empty\nhint: Set it to a connection string (in CI, check that the secret exists); for the embedded databases, unset it or add --embedded.`,
      );
    }
    expect(isMade()).toBe(false);
  });
  it("in the config file, and as a flag", async () => {
    const databases = { auth: { url: " " }, specs: { url: unreachable("b") } };
    writeFileSync(path.join(folder, "socrates-db.config.json"), JSON.stringify({ builtin: true, databases }));
    expect((await refusal(place, ["migrate"])).text).toContain(
      "databases.auth.url of the config file is set, but empty",
    );
    expect((await refusal(place, ["migrate", "--auth-url", "", "--specs-url", unreachable("b")])).code).toBe(
      "usage",
    );
    expect((await refusal(place, ["migrate", "--url", "auth="])).text).toContain(
      "--auth-url is set, but empty",
    );
    expect(isMade()).toBe(false);
  });
  it("that of an unused database does not matter", async () => {
    const env = { DATABASE_URL_AUTH: unreachable("a"), DATABASE_URL_SPECS: "" };
    expect((await refusal(place, ["status", "--database", "auth"], { env })).code).toBe("connection-failed");
  });
});

describe("the engine", () => {
  const configure = (config: object) =>
    writeFileSync(path.join(folder, "socrates-db.config.json"), JSON.stringify({ builtin: true, ...config }));
  const set = { DATABASE_URL_AUTH: unreachable("a"), DATABASE_URL_SPECS: unreachable("b") };

  it("server: an absent connection string is an error that names its variable", async () => {
    configure({ engine: "server" });
    const { code, text } = await refusal(place, ["migrate"]);
    expect(`${code}\n${text}`).toMatchInlineSnapshot(`
      "url-missing
      error: auth has no connection string
      hint: Set DATABASE_URL_AUTH: the engine "server" in the config file rules out the embedded databases."
    `);
    expect((await refusal(place, ["status", "--database", "specs"])).text).toContain("DATABASE_URL_SPECS");
    expect((await refusal(place, ["status"], { env: set })).code).toBe("connection-failed");
    expect(isMade()).toBe(false);
  });
  it("server: is overridden by --embedded", async () => {
    configure({ engine: "server" });
    expect(await place.run(["status", "--embedded"])).toMatchObject({ exitCode: 0 });
  });
  it("embedded: connection strings of the environment are not used, and a line says so", async () => {
    configure({ engine: "embedded" });
    const { exitCode, stderr } = await place.run(["status"], { env: set });
    expect(exitCode).toBe(0);
    expect(stderr).toContain(
      "warning: DATABASE_URL_AUTH is ignored: the config file sets the embedded engine",
    );
    const empty = { DATABASE_URL_AUTH: "", DATABASE_URL_SPECS: "" };
    expect(await place.run(["status", "--quiet"], { env: empty })).toMatchObject({ exitCode: 0, stderr: "" });
  });
  it("--embedded: whatever the environment says, but not with a connection string", async () => {
    expect(await place.run(["status", "--embedded"], { env: set })).toMatchObject({ exitCode: 0 });
    const args = ["status", "--embedded", "--url", `auth=${unreachable("a")}`];
    expect((await refusal(place, args)).text).toContain(
      "--embedded and connection strings exclude each other",
    );
  });
  it("is one of two", async () => {
    configure({ engine: "pglite" });
    expect((await refusal(place, ["status"])).text).toContain('"engine" must be one of: embedded, server');
  });
  it("without connection strings it is embedded, and a .env file that is not read is mentioned", async () => {
    expect((await place.run(["status"])).stderr).not.toContain(".env");
    writeFileSync(path.join(folder, ".env"), `DATABASE_URL_AUTH=${unreachable("a")}\n`);
    const { exitCode, stderr } = await place.run(["status"]);
    expect({ exitCode, stderr }).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "using the embedded databases in .socrates-db (set DATABASE_URL_AUTH and DATABASE_URL_SPECS for a server; .env is not read)
      ",
      }
    `);
  });
});

describe("the embedded databases are named if they are used", () => {
  it.each([
    [["status"], true],
    [["diff"], true],
    [["diagram", "--source", "live"], true],
    [["verify", "ledger"], true],
    [["status", "--quiet"], false],
    [["diff", "--from", "migrations", "--to", "document"], false],
    [["diagram"], false],
    [["verify", "document"], false],
    [["verify", "phases"], false],
    [["create", "add_pots", "--database", "auth", "--phase", "0"], false],
  ] as const)("%j: %s", async (args, isNamed) => {
    writeProject(folder, { "auth/001_a.sql": "-- socrates-db: phase 0\nCREATE TABLE a (id int);\n" });
    const { stderr } = await place.run(args);
    expect(stderr.includes("using the embedded databases")).toBe(isNamed);
  });
});

describe("--url", () => {
  it("names any database, and its key", async () => {
    const urls = ["--url", `auth=${unreachable("a")}`, "--url", `specs=${unreachable("b")}`];
    expect((await refusal(place, ["status", ...urls])).text).toContain("127.0.0.1:1/a");
  });
  it.each(["postgresql://u:canary@h/db", "host=h password=canary", "atuh=postgresql://u:canary@h/db"])(
    "is never repeated where it has none: %s",
    async (url) => {
      const { code, text } = await refusal(place, ["status", "--url", url]);
      expect(code).toBe("usage");
      expect(text).toContain("--url 1 does not start with the key of a database");
    },
  );
  it("is given once", async () => {
    const args = ["status", "--auth-url", unreachable("a"), "--url", `auth=${unreachable("b")}`];
    expect((await refusal(place, args)).text).toContain("auth has two connection strings");
  });
});

describe("reports name the target", () => {
  let server: Place;
  beforeEach(async () => {
    server = await makePlace("server", { migrated: true });
  });
  afterEach(() => server.dispose());
  const targets = async (...args: string[]) => {
    const { stdout } = await server.run([...args, "--format", "json"]);
    const { databases }: { databases: Record<string, { target: Record<string, unknown> }> } =
      JSON.parse(stdout);
    return [databases["auth"]?.target, databases["specs"]?.target];
  };

  it("in JSON, whatever was done", async () => {
    const url = new URL(server.env["DATABASE_URL_AUTH"] ?? "");
    for (const args of [
      ["status"],
      ["migrate"],
      ["migrate", "--dry-run"],
      ["rollback", "--steps", "1", "--dry-run"],
      ["rollback", "--steps", "1"],
      ["seed", "--users", "1"],
    ]) {
      const [auth, specs] = await targets(...args);
      expect(auth, args.join(" ")).toEqual({
        engine: "server",
        host: url.hostname,
        port: Number(url.port),
        database: url.pathname.slice(1),
        user: "postgres",
      });
      expect(specs?.["database"]).toMatch(/specs/);
    }
  });
  it("with the role that sessions assume, which then owns the objects", async () => {
    const role = `sdb_owner_${process.pid}`;
    await server.query("auth", `CREATE ROLE ${role}`);
    try {
      writeProject(server.folder);
      const grant = `GRANT ALL ON SCHEMA public TO ${role}`;
      const [fresh] = [await makePlace("server")];
      writeProject(fresh.folder);
      for (const key of ["auth", "specs"]) {
        await fresh.query(key, grant);
        await fresh.query(
          key,
          `DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO ${role}', current_database()); END $$`,
        );
      }
      const { exitCode, stdout, stderr } = await fresh.run(["migrate", "--role", role, "--format", "json"]);
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      expect(JSON.parse(stdout).databases.auth.target).toMatchObject({ user: "postgres", role });
      const owner = "SELECT tableowner::text AS owner FROM pg_tables WHERE tablename = 'people'";
      expect(await fresh.query("auth", owner)).toEqual([{ owner: role }]);
      for (const key of ["auth", "specs"]) await fresh.query(key, `DROP OWNED BY ${role}`);
      await fresh.dispose();
    } finally {
      await server.query("auth", `DROP ROLE ${role}`);
    }
  });
  it("a missing role is reported, with a hint", async () => {
    const { code, text } = await refusal(server, ["status", "--role", "sdb_nobody"]);
    expect({ code, text }).toMatchObject({ code: "authentication-failed" });
    expect(text).toContain("sdb_nobody");
    expect(text).toContain("--role");
  });
});
