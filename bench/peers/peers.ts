import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { Command } from "../measure.ts";
import { alembic, psql, sqlMigrate } from "./installed.ts";
import { type Migrator, writeFiles } from "./migrator.ts";

/** Versions of similar tools from npm; they are downloaded on the first run and are not dependencies of the project. */
export const packages = {
  dbmate: "2.36.0",
  "node-pg-migrate": "9.0.0",
  pg: "8.23.1",
  "@pgkit/migra": "0.6.1",
  "@supabase/pg-delta": "1.0.0-alpha.34",
};

/** A tool that compares two databases. */
export interface Differ {
  readonly name: string;
  /** From one connection string to the other. */
  command(from: string, to: string): Command;
}

export interface Peers {
  readonly migrators: readonly Migrator[];
  readonly differs: readonly Differ[];
  /** The folder of the packages from npm; undefined if they could not be installed. */
  readonly modules: string | undefined;
  /** The unavailable tools, with reasons. */
  readonly missing: readonly string[];
}

function cacheFolder(): string {
  return path.join(process.env["XDG_CACHE_HOME"] ?? path.join(homedir(), ".cache"), "socrates-db-bench");
}

/** Installs the tools from npm. @returns its `node_modules`, undefined if that fails */
function install(say: (line: string) => void): string | undefined {
  const folder = cacheFolder();
  const wanted = JSON.stringify({ private: true, dependencies: packages }, null, 2);
  mkdirSync(folder, { recursive: true });
  const modules = path.join(folder, "node_modules");
  if (existsSync(path.join(modules, ".bin", "pgdelta"))) return modules;
  say(`installing ${Object.keys(packages).join(", ")} in ${folder}`);
  writeFileSync(path.join(folder, "package.json"), wanted);
  try {
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts"], {
      cwd: folder,
      stdio: "ignore",
    });
    return modules;
  } catch {
    return undefined;
  }
}

function dbmate(binary: string): Migrator {
  const command = (word: string, folder: string, url: string): Command => ({
    argv: [binary, "--url", url, "--migrations-dir", folder, "--no-dump-schema", word],
  });
  return {
    name: "dbmate",
    write: (folder, migrations) =>
      writeFiles(folder, migrations, (sql) => `-- migrate:up\n${sql}\n-- migrate:down\n`),
    up: (folder, url) => command("migrate", folder, url),
    status: (folder, url) => command("status", folder, url),
  };
}

function nodePgMigrate(program: string): Migrator {
  const command = (words: readonly string[], folder: string, url: string): Command => ({
    argv: [process.execPath, program, ...words, "-m", folder],
    env: { DATABASE_URL: url },
  });
  return {
    name: "node-pg-migrate",
    write: (folder, migrations) =>
      writeFiles(folder, migrations, (sql) => `-- Up Migration\n${sql}\n-- Down Migration\n`),
    up: (folder, url) => command(["up"], folder, url),
    status: (folder, url) => command(["up", "--dry-run"], folder, url),
  };
}

function plainUmzug(root: string): Migrator {
  const command = (word: string, folder: string, url: string): Command => ({
    argv: [process.execPath, path.join(root, "bench/peers/plain-umzug.mjs"), word, folder, url],
  });
  return {
    name: "umzug + postgres.js, used plainly",
    write: (folder, migrations) => writeFiles(folder, migrations, (sql) => sql),
    up: (folder, url) => command("up", folder, url),
    status: (folder, url) => command("status", folder, url),
  };
}

function differs(modules: string): Differ[] {
  const programs = path.join(modules, ".bin");
  return [
    {
      name: "@pgkit/migra",
      command: (from, to) => ({ argv: [path.join(programs, "migra"), "run", from, to] }),
    },
    {
      name: "@supabase/pg-delta",
      command: (from, to) => ({
        argv: [path.join(programs, "pgdelta"), "diff", "--source", from, "--desired", to],
      }),
    },
  ];
}

/** All available tools. @param root of the project */
export function findPeers(root: string, programs: string, say: (line: string) => void): Peers {
  const modules = install(say);
  const installed = { psql: psql(programs), "sql-migrate": sqlMigrate(), alembic: alembic() };
  const binary = path.join(modules ?? "", "@dbmate", `${process.platform}-${process.arch}`, "bin", "dbmate");
  return {
    migrators: [
      ...Object.values(installed).filter((migrator) => migrator !== undefined),
      ...(existsSync(binary) ? [dbmate(binary)] : []),
      ...(modules === undefined
        ? []
        : [nodePgMigrate(path.join(modules, "node-pg-migrate", "bin", "node-pg-migrate.js"))]),
      plainUmzug(root),
    ],
    differs: modules === undefined ? [] : differs(modules),
    modules,
    missing: [
      ...Object.entries(installed)
        .filter(([, migrator]) => migrator === undefined)
        .map(([name]) => `${name}: it is not installed`),
      ...(modules === undefined ? [`${Object.keys(packages).join(", ")}: npm could not install them`] : []),
    ],
  };
}
