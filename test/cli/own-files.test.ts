import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CliOptions, runCli } from "../support/cli.ts";
import { installPackage } from "../support/installed.ts";
import { makePlace } from "../support/place.ts";
import { smallChains, writeProject } from "../support/project.ts";
import { refusal } from "../support/refusal.ts";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), "socrates-db-own-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (cwd: string, program?: string) => ({
  run: (args: readonly string[], options: CliOptions = {}) =>
    runCli(args, { cwd: path.join(folder, cwd), ...(program !== undefined && { program }), ...options }),
});
const inFolder = (...names: string[]) => {
  for (const name of names) mkdirSync(path.join(folder, name), { recursive: true });
};
const configure = (config: object, where = ".") =>
  writeFileSync(path.join(folder, where, "socrates-db.config.json"), JSON.stringify(config));

/** The migrations that `status` lists, by database. */
async function listed(cwd: string, args: readonly string[] = [], options: CliOptions = {}) {
  const { exitCode, stdout, stderr } = await at(cwd).run(["status", "--format", "json", ...args], options);
  expect({ exitCode, stderr: exitCode === 0 ? "" : stderr }).toEqual({ exitCode: 0, stderr: "" });
  const report: { databases: Record<string, { migrations: { name: string }[] }> } = JSON.parse(stdout);
  return Object.fromEntries(
    Object.entries(report.databases).map(([key, { migrations }]) => [
      key,
      migrations.map(({ name }) => name),
    ]),
  );
}
const small = { auth: ["people", "teams"], specs: ["papers"] };

describe("the config file is searched upwards (fault 46)", () => {
  it.each(["packages/api", "a", "a/b/c/d/e", "migrations/auth"])("from %s", async (cwd) => {
    writeProject(folder);
    inFolder(cwd);
    expect(await listed(cwd)).toEqual(small);
    await at(cwd).run(["migrate", "--phase", "0"]);
    expect(existsSync(path.join(folder, ".socrates-db/auth/PG_VERSION"))).toBe(true);
    expect(existsSync(path.join(folder, cwd, ".socrates-db"))).toBe(false);
  });
  it("the nearest one counts", async () => {
    writeProject(folder);
    inFolder("other/deep");
    writeProject(path.join(folder, "other"), { "auth/001_only.sql": "-- socrates-db: phase 0\nSELECT 1;" });
    expect(await listed("other/deep")).toEqual({ auth: ["only"], specs: [] });
  });
  it("and is shown relative to this folder", async () => {
    inFolder("a/b");
    configure({ colour: "red" });
    expect((await refusal(at("a/b"), ["status"])).text).toContain(
      "../../socrates-db.config.json: unknown key",
    );
  });
});

describe("if only some folders are configured", () => {
  it("the other database has no migrations, and never those of the package", async () => {
    writeProject(folder);
    configure({ databases: { auth: { migrations: "migrations/auth" } } });
    expect(await listed(".")).toEqual({ auth: ["people", "teams"] });
    const server = await makePlace("server");
    try {
      expect(await at(".").run(["migrate"], { env: server.env })).toMatchObject({ exitCode: 0 });
      const tables = "SELECT count(*)::int AS n FROM pg_tables WHERE schemaname IN ('public', 'socrates_db')";
      expect(await server.query("specs", tables)).toEqual([{ n: 0 }]);
    } finally {
      await server.dispose();
    }
  });
  it("a command on the other one reports it", async () => {
    writeProject(folder);
    configure({ databases: { specs: { migrations: "migrations/specs" } } });
    const { code, text } = await refusal(at("."), ["migrate", "--database", "auth"]);
    expect(`${code}\n${text}`).toMatchInlineSnapshot(`
      "usage
      error: unknown database "auth"
      hint: Use one of: specs."
    `);
  });
  it.each([["migrate"], ["status"], ["rollback", "--to", "0"], ["seed"], ["adopt"], ["verify", "ledger"]])(
    "a config file without any folder does not lead to the package's: %s",
    async (...args) => {
      configure({ lockTimeout: "2s" });
      expect((await refusal(at("."), args)).code).toBe("config-not-found");
      expect(existsSync(path.join(folder, ".socrates-db"))).toBe(false);
    },
  );
  it("builtin selects them, and excludes folders", async () => {
    configure({ builtin: true });
    expect((await listed("."))["auth"]).toContain("create_auth_tables");
    configure({ lockTimeout: "2s" });
    expect((await listed(".", ["--builtin"]))["specs"]).toContain("create_specs_tables");
    configure({ databases: { auth: { migrations: "x" } } });
    expect((await refusal(at("."), ["status", "--builtin"])).code).toBe("config-invalid");
  });
});

describe("the package as a dependency (fault 46)", () => {
  let modules: string;
  let program: string;
  beforeAll(() => {
    modules = path.join(mkdtempSync(path.join(tmpdir(), "socrates-db-installed-")), "app/node_modules");
    program = installPackage(modules);
  });
  afterAll(() => rmSync(path.resolve(modules, "../.."), { recursive: true, force: true }));
  const app = () => path.dirname(modules);
  const inApp = (cwd: string, env: Record<string, string> = {}) => ({
    run: (args: readonly string[]) => runCli(args, { cwd: path.join(app(), cwd), program, env }),
  });
  afterEach(() => {
    for (const name of ["package.json", "socrates-db.config.json", "packages", ".socrates-db"])
      rmSync(path.join(app(), name), { recursive: true, force: true });
  });
  const isDependency = () =>
    writeFileSync(path.join(app(), "package.json"), '{"devDependencies":{"socrates-db":"*"}}');

  it.each([".", "packages/api"])("without a config file it has no migrations, from %s", async (cwd) => {
    isDependency();
    mkdirSync(path.join(app(), cwd), { recursive: true });
    const { code, text } = await refusal(inApp(cwd), ["migrate"]);
    expect(code).toBe("config-not-found");
    expect(text).toContain(`socrates-db is a dependency of ${realpathSync(app())}`);
    expect(text).toMatch(/hint: .*--builtin/);
    expect(existsSync(path.join(app(), ".socrates-db"))).toBe(false);
  });
  it("even when it is started from another folder", async () => {
    isDependency();
    expect((await refusal({ run: (args) => runCli(args, { cwd: folder, program }) }, ["migrate"])).code).toBe(
      "config-not-found",
    );
  });
  it("and uses its own with --builtin", async () => {
    isDependency();
    const { exitCode, stdout } = await inApp(".").run(["migrate", "--phase", "0", "--builtin"]);
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("applied") });
  });
  it("a global install, in a folder without package.json, uses its own as ever", async () => {
    const { exitCode, stdout } = await runCli(["migrate", "--phase", "0"], { cwd: folder, program });
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("applied") });
  });
  it("a global install, in a repository that names it as a dependency, does not", async () => {
    inFolder("app/sub");
    writeFileSync(path.join(folder, "app/package.json"), '{"dependencies":{"socrates-db":"^1"}}');
    expect((await refusal(at("app/sub", program), ["migrate"])).code).toBe("config-not-found");
  });
  it("and a linked one also is one", async () => {
    inFolder("app/node_modules", "app/sub");
    writeFileSync(path.join(folder, "app/package.json"), "{}");
    symlinkSync(path.join(modules, "socrates-db"), path.join(folder, "app/node_modules/socrates-db"));
    expect((await refusal(at("app/sub", program), ["migrate"])).code).toBe("config-not-found");
  });
  it("comparisons of files need no configuration", async () => {
    isDependency();
    const sql = path.join(folder, "a.sql");
    writeFileSync(sql, "CREATE TABLE a (id int);");
    const result = await inApp(".").run([
      "diff",
      "--from",
      sql,
      "--to",
      sql,
      "--database",
      "auth",
      "--quiet",
    ]);
    expect(result).toMatchObject({ exitCode: 0 });
    expect((await refusal(inApp("."), ["diff"])).code).toBe("config-not-found");
  });
});

it("in its own checkout the package uses its own migrations, and no config file above it", async () => {
  const { exitCode, stdout } = await runCli(["status", "--format", "json", "--data-dir", folder]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("create_auth_tables");
});

describe("own migrations and no document", () => {
  it("diff compares with the migrations, and says so", async () => {
    writeProject(folder);
    await at(".").run(["migrate"]);
    const clean = await at(".").run(["diff"]);
    expect(clean.exitCode).toBe(0);
    expect(clean.stderr).toContain("no document is configured: comparing with the migrations\n");
    writeFileSync(
      path.join(folder, "migrations/auth/001_people.sql"),
      smallChains["auth/001_people.sql"] ?? "",
    );
    const named = await refusal(at("."), ["diff", "--from", "document"]);
    expect(named.code).toBe("config-not-found");
    expect(named.text).toContain("no schema document is configured");
  });
  it("verify leaves out checks that need a document, and says so", async () => {
    writeProject(folder);
    await at(".").run(["migrate"]);
    const { exitCode, stdout } = await at(".").run(["verify"]);
    expect(exitCode).toBe(0);
    for (const check of ["document", "references", "access"])
      expect(stdout).toContain(`${check}: not checked, no document is configured`);
    expect((await at(".").run(["verify", "indexes"])).exitCode).toBe(0);
    expect((await refusal(at("."), ["verify", "document"])).code).toBe("config-not-found");
  });
  it("diagram draws the migrations, and trace and adopt do not need it", async () => {
    writeProject(folder);
    expect((await at(".").run(["diagram"])).stdout).toContain("papers");
    expect((await at(".").run(["trace", "people"])).exitCode).toBe(0);
    expect((await refusal(at("."), ["adopt"])).code).toBe("nothing-to-adopt");
  });
});
