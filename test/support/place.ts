import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres from "postgres";
import { inject } from "vitest";
import { parseConnection } from "../../src/config/connection-string.ts";
import { thisMachine } from "../../src/config/machine.ts";
import type { Target } from "../../src/database/target.ts";
import type { NamedDatabase } from "../../src/databases.ts";
import { placeDatabases } from "./application.ts";
import { type CliOptions, type CliResult, runCli } from "./cli.ts";
import { copyTemplate } from "./global-setup.ts";
import { connectTo } from "./session.ts";
import { withDatabase } from "./url.ts";

export type EngineName = "embedded" | "server";

/** Both engines: tests must pass on both. */
export const engines: readonly EngineName[] = ["embedded", "server"];

/**
 * The engines of a slow suite: by default the one that it is about, both with SOCRATES_DB_TEST_FULL=1 and in full
 * fault runs.
 */
export function sampledEngines(first: EngineName): readonly EngineName[] {
  const isFull = process.env["SOCRATES_DB_TEST_FULL"] === "1" || process.env["SOCRATES_DB_FAULTS"] === "full";
  return isFull ? engines : [first];
}

/** Separate databases for one test, and a folder to run in. */
export interface Place {
  readonly engine: EngineName;
  readonly databases: readonly NamedDatabase[];
  /** The working directory of commands. */
  readonly folder: string;
  /** The variables with the connection strings. */
  readonly env: Readonly<Record<string, string>>;
  /** Targets by key of the database, for the public API. */
  readonly targets: Readonly<Record<string, Target>>;
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>;
  /** Runs SQL on one database, in no transaction, and returns the rows of its last statement. */
  query<Row extends object>(database: string, sql: string): Promise<readonly Row[]>;
  dispose(): Promise<void>;
}

let counter = 0;

/** Copies a template's files instead of logging each page (manual, "CREATE DATABASE"): half the work, of which tests do a lot. */
const copyFiles = "STRATEGY file_copy";

async function admin(url: string, work: (sql: postgres.Sql) => Promise<void>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}

async function serverPlace(
  folder: string,
  databases: readonly NamedDatabase[],
  migrated: boolean,
  own: string | undefined,
): Promise<Pick<Place, "env" | "targets" | "dispose">> {
  const { url: shared, templates, version } = inject("server");
  const url = own ?? shared;
  // The name ends with the id of the run's main process, so that leftovers can be found and dropped.
  const run = templates["auth"]?.split("_").at(-1);
  const names = databases.map(({ key }) => ({ key, name: `sdb_${key}_${process.pid}_${counter}_${run}` }));
  counter++;
  await admin(url, async (sql) => {
    for (const { key, name } of names)
      await sql.unsafe(
        `CREATE DATABASE ${name} TEMPLATE ${(migrated ? templates[key] : undefined) ?? "template1"} ${version < 150000 ? "" : copyFiles}`,
      );
  });
  const env = Object.fromEntries(
    databases.map(({ key, urlVariable }) => [
      urlVariable,
      withDatabase(url, names.find((entry) => entry.key === key)?.name ?? ""),
    ]),
  );
  const machine = thisMachine({});
  return {
    env,
    targets: Object.fromEntries(
      databases.map(({ key, urlVariable }) => [
        key,
        parseConnection(env[urlVariable], urlVariable, machine).target,
      ]),
    ),
    dispose: async () => {
      await admin(url, async (sql) => {
        for (const { name } of names) await sql.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function embeddedPlace(
  folder: string,
  databases: readonly NamedDatabase[],
  migrated: boolean,
): Pick<Place, "env" | "targets" | "dispose"> {
  const data = path.join(folder, ".socrates-db");
  if (migrated) copyTemplate(inject("embeddedTemplate"), data);
  return {
    env: {},
    targets: Object.fromEntries(
      databases.map(({ key }) => [key, { kind: "embedded", directory: path.join(data, key) }]),
    ),
    dispose: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * Creates databases for one test.
 * @param options.migrated copies of a template with all migrations (on a server without pgvector: up to phase 4)
 * instead of empty ones
 * @param options.databases other ones than those of this application
 * @param options.server connection string of a separate server, instead of the one that all tests share
 */
export async function makePlace(
  engine: EngineName,
  {
    migrated = false,
    server,
    databases = placeDatabases,
  }: { migrated?: boolean; server?: string; databases?: readonly NamedDatabase[] } = {},
): Promise<Place> {
  const folder = mkdtempSync(path.join(tmpdir(), "socrates-db-test-"));
  const { env, targets, dispose } =
    engine === "server"
      ? await serverPlace(folder, databases, migrated, server)
      : embeddedPlace(folder, databases, migrated);
  return {
    engine,
    databases,
    folder,
    env,
    targets,
    dispose,
    run: (args, options = {}) => runCli(args, { cwd: folder, ...options, env: { ...env, ...options.env } }),
    query: async <Row extends object>(key: string, sql: string) => {
      const session = await connectTo({ targets, databases }, key);
      try {
        return await session.run<Row>(sql);
      } finally {
        await session.close();
      }
    },
  };
}

/** The last phase that an engine can reach here. */
export function lastPhase(engine: EngineName): number {
  return engine === "embedded" || inject("server").hasVector ? 6 : 4;
}
