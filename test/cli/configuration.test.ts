import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CliOptions, runCli } from "../support/cli.ts";
import { refusal } from "../support/refusal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "socrates-db-config-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const place = {
  run: (args: readonly string[], options?: CliOptions) => runCli(args, { cwd: folder, ...options }),
};

/** The output of a refused `migrate`; nothing may have been created. */
async function refused(env: Record<string, string> = {}, args: readonly string[] = []): Promise<string> {
  const { code, text } = await refusal(place, ["migrate", ...args], { env });
  expect(existsSync(path.join(folder, ".socrates-db"))).toBe(false);
  return `${code}\n${text.replaceAll(folder, "<folder>")}`;
}

function configure(text: string | Uint8Array): void {
  writeFileSync(path.join(folder, "socrates-db.config.json"), text);
}

describe("an invalid config file", () => {
  it("is missing", async () => {
    expect(await refused({}, ["--config", "other.json"])).toMatchInlineSnapshot(`
      "config-not-found
      error: the config file other.json does not exist
      hint: Check the path, or leave out --config: socrates-db.config.json in the working directory or above it is the default."
    `);
  });
  it("is a folder", async () => {
    mkdirSync(path.join(folder, "socrates-db.config.json"));
    expect(await refused()).toMatchInlineSnapshot(`
      "config-invalid
      error: the config file <folder>/socrates-db.config.json cannot be read
      hint: Check that it is a file, and its permissions."
    `);
  });
  it("is not JSON", async () => {
    configure('{\n  "retries": 3,\n}\n');
    expect(await refused()).toMatchInlineSnapshot(`
      "config-invalid
      error: socrates-db.config.json:3:1 is not valid JSON
      hint: Fix the syntax: keys and strings in double quotes, no comments, no comma after the last entry."
    `);
  });
  it("ends too early", async () => {
    configure('{\n  "retries": 3');
    expect(await refused()).toMatchInlineSnapshot(`
      "config-invalid
      error: socrates-db.config.json:2:15 is not valid JSON
      hint: Fix the syntax: keys and strings in double quotes, no comments, no comma after the last entry."
    `);
  });
  it("is empty", async () => {
    configure("");
    expect(await refused()).toContain("socrates-db.config.json:1:1 is not valid JSON");
  });
  it("contains a list", async () => {
    configure("[]");
    expect(await refused()).toMatchInlineSnapshot(`
      "config-invalid
      error: socrates-db.config.json: the file must be of type object, not array
      hint: See docs/config.schema.json for the keys and their values."
    `);
  });
  it("has a misspelt key", async () => {
    configure('{ "lockTimeuot": "5s" }');
    expect(await refused()).toMatchInlineSnapshot(`
      "config-invalid
      error: socrates-db.config.json: unknown key "lockTimeuot"
      hint: Did you mean "lockTimeout"?"
    `);
  });
  it("names another database without migrations", async () => {
    configure('{ "databases": { "shop": {} } }');
    expect(await refused()).toMatchInlineSnapshot(`
      "config-not-found
      error: no migrations are configured: socrates-db.config.json names none
      hint: Name the folder of the migrations as databases.KEY.migrations in socrates-db.config.json."
    `);
  });
  it("has a misspelt key of a database", async () => {
    configure('{ "databases": { "auth": { "migration": "x" } } }');
    expect(await refused()).toMatchInlineSnapshot(`
      "config-invalid
      error: socrates-db.config.json: unknown key "databases.auth.migration"
      hint: Did you mean "migrations"?"
    `);
  });
  it("has a key that resembles none", async () => {
    configure('{ "colour": "red" }');
    expect(await refused()).toMatchInlineSnapshot(`
      "config-invalid
      error: socrates-db.config.json: unknown key "colour"
      hint: The keys here are: document, dataDir, engine, builtin, role, shadow, databases, ignore, strict, severity, lockTimeout, lockWait, statementTimeout, retries."
    `);
  });
  it("has a value of another type", async () => {
    configure('{ "retries": "five" }');
    expect(await refused()).toMatchInlineSnapshot(`
      "config-invalid
      error: socrates-db.config.json: "retries" must be of type number, not string
      hint: See docs/config.schema.json for the keys and their values."
    `);
  });
  it("has an invalid duration, whichever command reads it", async () => {
    configure('{ "lockTimeout": "five seconds" }');
    expect(await refused()).toMatchInlineSnapshot(`
      "config-invalid
      error: socrates-db.config.json: "lockTimeout" is not a duration; use for example 5s, or a number of milliseconds
      hint: See docs/config.schema.json for the keys and their values."
    `);
    expect((await refusal(place, ["status"])).code).toBe("config-invalid");
  });
  it("names a folder of migrations that does not exist", async () => {
    configure('{ "databases": { "auth": { "migrations": "nowhere" } } }');
    expect(await refused()).toMatchInlineSnapshot(`
      "config-invalid
      error: the migrations folder nowhere cannot be read
      hint: Check the folder's name in the configuration, or create it."
    `);
  });
  it("has a password in its connection string, which no message repeats", async () => {
    configure('{ "databases": { "auth": { "url": "postgresql://u:canary@h/a", "mirgations": "x" } } }');
    expect(await refused()).toMatchInlineSnapshot(`
      "config-invalid
      error: socrates-db.config.json: unknown key "databases.auth.mirgations"
      hint: Did you mean "migrations"?"
    `);
  });
});

describe("a valid config file", () => {
  it("may name its JSON schema and begin with a byte order mark", async () => {
    configure('\ufeff{ "$schema": "./config.schema.json", "retries": 0, "builtin": true }');
    expect(await place.run(["status", "--quiet"])).toMatchObject({ exitCode: 0, stderr: "" });
  });
  it("is overridden by the environment, and that by a flag", async () => {
    const url = (host: string) => `postgresql://u@${host}.invalid/a`;
    const databases = { auth: { url: url("file") }, specs: { url: url("specs") } };
    configure(JSON.stringify({ builtin: true, databases }));
    expect(await refused({}, ["--database", "auth"])).toContain("file.invalid");
    const env = { DATABASE_URL_AUTH: url("environment") };
    expect(await refused(env, ["--database", "auth"])).toContain("environment.invalid");
    expect(await refused(env, ["--database", "auth", "--auth-url", url("flag")])).toContain("flag.invalid");
  });
});

describe("invalid connection strings (fault 29)", () => {
  const auth = "postgresql://u:canary@127.0.0.1:1/auth";
  it("only one of two", async () => {
    expect(await refused({ DATABASE_URL_AUTH: auth })).toMatchInlineSnapshot(`
      "one-url-only
      error: DATABASE_URL_AUTH is set, but specs has no connection string
      hint: Set DATABASE_URL_SPECS also, or leave out the connection strings to use the embedded databases."
    `);
    expect(await refused({}, ["--specs-url", "postgresql://u@h/specs"])).toMatchInlineSnapshot(`
      "one-url-only
      error: --specs-url is set, but auth has no connection string
      hint: Set DATABASE_URL_AUTH also, or leave out the connection strings to use the embedded databases."
    `);
  });
  it("both the same", async () => {
    expect(await refused({ DATABASE_URL_AUTH: auth, DATABASE_URL_SPECS: auth })).toMatchInlineSnapshot(`
      "same-database
      error: auth and specs lead to the same database, 127.0.0.1:1/auth as u
      hint: Give each its own database: their chains cannot share one."
    `);
  });
  it("another scheme", async () => {
    const env = { DATABASE_URL_AUTH: auth, DATABASE_URL_SPECS: "mysql://u:canary@h/specs" };
    expect(await refused(env)).toMatchInlineSnapshot(`
      "connection-string
      error: DATABASE_URL_SPECS: the scheme is "mysql", not "postgresql"
      hint: Begin the URI with postgresql:// or postgres://."
    `);
  });
  it("a misspelt parameter", async () => {
    const env = {
      DATABASE_URL_AUTH: auth,
      DATABASE_URL_SPECS: "postgresql://u:canary@h/specs?sslmod=require",
    };
    expect(await refused(env)).toMatchInlineSnapshot(`
      "connection-string
      error: DATABASE_URL_SPECS: unknown parameter "sslmod", the nearest known one is "sslmode"
      hint: Write sslmode= instead, or leave it out."
    `);
  });
  it("a port without a server", async () => {
    const env = { DATABASE_URL_AUTH: auth, DATABASE_URL_SPECS: auth.replace("/auth", "/specs") };
    expect(await refused(env)).toMatchInlineSnapshot(`
      "connection-failed
      error: cannot connect to 127.0.0.1:1/auth as u: connection refused
      hint: Start the server, or correct host and port: no server listens there."
    `);
  });
  it("a password in a flag: a warning, and the password nowhere", async () => {
    const specs = auth.replace("/auth", "/specs");
    const result = await place.run(["migrate", "--auth-url", auth, "--specs-url", specs]);
    expect(result).toMatchObject({ exitCode: 2, stdout: "" });
    expect(result.stderr).toMatchInlineSnapshot(`
      "warning: the password in --auth-url is visible in the process list; use DATABASE_URL_AUTH or a password file instead
      warning: the password in --specs-url is visible in the process list; use DATABASE_URL_SPECS or a password file instead
      error: cannot connect to 127.0.0.1:1/auth as u: connection refused
      hint: Start the server, or correct host and port: no server listens there.
      "
    `);
  });
});

describe("a folder for the embedded databases that cannot be used", () => {
  it("is a file", async () => {
    writeFileSync(path.join(folder, "data"), "");
    expect(await refused({}, ["--data-dir", "data"])).toMatchInlineSnapshot(`
      "embedded-failed
      error: the embedded database <folder>/data/auth cannot be created: <folder>/data is not a folder
      hint: Name another folder with --data-dir, or move its contents away."
    `);
  });
  it("has another value instead of a database", async () => {
    mkdirSync(path.join(folder, "data/auth"), { recursive: true });
    writeFileSync(path.join(folder, "data/auth/thesis.txt"), "");
    expect(await refused({}, ["--data-dir", "data"])).toMatchInlineSnapshot(`
      "embedded-failed
      error: the embedded database <folder>/data/auth cannot be created: it is not empty and does not contain a database
      hint: Name another folder with --data-dir, or move its contents away."
    `);
    expect(existsSync(path.join(folder, "data/specs"))).toBe(false);
  });
});
