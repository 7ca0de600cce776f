import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { Command } from "../measure.ts";

/** Versions of the peers that npm has; they are downloaded on the first run and are no dependencies of the project. */
const packages = {
  dbmate: "2.36.0",
  "node-pg-migrate": "9.0.0",
  pg: "8.23.1",
  "@pgkit/migra": "0.6.1",
};

/** Another tool that applies a folder of migrations to one database. */
export interface Migrator {
  readonly name: string;
  /** Writes migrations in its own form below a folder. */
  write(folder: string, migrations: readonly PlainMigration[]): void;
  up(folder: string, url: string): Command;
  status(folder: string, url: string): Command;
}

/** A migration as every tool knows it. */
export interface PlainMigration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

export interface Peers {
  readonly migrators: readonly Migrator[];
  /** Diffs two databases, from one connection string to the other. */
  readonly differ: { readonly name: string; command(from: string, to: string): Command } | undefined;
  /** What could not be had, and why. */
  readonly missing: readonly string[];
}

function cacheFolder(): string {
  return path.join(process.env["XDG_CACHE_HOME"] ?? path.join(homedir(), ".cache"), "socrates-db-bench");
}

/** Installs what npm has. @returns its `node_modules`, undefined where that fails */
function install(say: (line: string) => void): string | undefined {
  const folder = cacheFolder();
  const wanted = JSON.stringify({ private: true, dependencies: packages }, null, 2);
  mkdirSync(folder, { recursive: true });
  const modules = path.join(folder, "node_modules");
  if (existsSync(path.join(modules, ".bin", "node-pg-migrate"))) return modules;
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

function stamp(number: number): string {
  return String(20_250_101_000_000 + number);
}

function writeFiles(
  folder: string,
  migrations: readonly PlainMigration[],
  text: (sql: string) => string,
): void {
  mkdirSync(folder, { recursive: true });
  for (const { number, name, sql } of migrations)
    writeFileSync(path.join(folder, `${stamp(number)}_${name}.sql`), text(sql));
}

function dbmate(binary: string): Migrator {
  const command = (word: string, folder: string, url: string): Command => ({
    argv: [binary, "--url", `${url}?sslmode=disable`, "--migrations-dir", folder, "--no-dump-schema", word],
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

/** `psql -1`: no ledger, nothing but the SQL. */
export function psql(programs: string): Migrator | undefined {
  const program = path.join(programs, "psql");
  if (!existsSync(program)) return undefined;
  return {
    name: "psql -1",
    write: (folder, migrations) => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, "all.sql"), migrations.map(({ sql }) => sql).join("\n"));
    },
    up: (folder, url) => ({
      argv: [program, "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", path.join(folder, "all.sql"), url],
    }),
    status: (_, url) => ({ argv: [program, "-X", "-q", "-c", "select 1", url] }),
  };
}

/** All peers that can be had here. @param root of the project */
export function findPeers(root: string, programs: string, say: (line: string) => void): Peers {
  const modules = install(say);
  const own = psql(programs);
  const missing = [
    ...(own === undefined ? ["psql: the server's folder has none"] : []),
    ...(modules === undefined ? ["dbmate, node-pg-migrate, migra: npm could not install them"] : []),
  ];
  const binary = path.join(modules ?? "", "@dbmate", `${process.platform}-${process.arch}`, "bin", "dbmate");
  return {
    migrators: [
      ...(own === undefined ? [] : [own]),
      ...(existsSync(binary) ? [dbmate(binary)] : []),
      ...(modules === undefined
        ? []
        : [nodePgMigrate(path.join(modules, "node-pg-migrate", "bin", "node-pg-migrate.js"))]),
      plainUmzug(root),
    ],
    differ:
      modules === undefined
        ? undefined
        : {
            name: "@pgkit/migra",
            command: (from, to) => ({ argv: [path.join(modules, ".bin", "migra"), "run", from, to] }),
          },
    missing,
  };
}
