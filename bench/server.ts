import path from "node:path";
import postgres from "postgres";
import type { Lane } from "../test/support/lanes/lane.ts";
import { installedPrograms, npmPrograms, startLocal } from "../test/support/lanes/local.ts";
import { withDatabase } from "../test/support/url.ts";

/** A separate PostgreSQL, durable as in production, on loopback with passwords. */
export interface BenchServer {
  readonly description: string;
  readonly hasVector: boolean;
  /** Folder of its programs: psql and pg_dump of the same version, if they are installed. */
  readonly programs: string;
  /** Connection string of a database, the same for all tools; some do not ask a server for TLS. */
  url(database: string): string;
  /** Recreates databases, empty. */
  recreate(...databases: string[]): Promise<void>;
  /** Runs SQL in a database. */
  run(database: string, sql: string): Promise<void>;
  /** The rows of a query. */
  rows<Row extends object>(database: string, sql: string): Promise<readonly Row[]>;
  stop(): Promise<void>;
}

/**
 * Settings of a careful installation: fsync on, a developer machine's memory, and locks for psql's single
 * transaction.
 */
const settings = {
  shared_buffers: "512MB",
  max_wal_size: "4GB",
  max_connections: "50",
  max_locks_per_transaction: "512",
};

async function query<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

/** Starts the installed PostgreSQL, or the one from npm. */
export async function startServer(): Promise<BenchServer> {
  const programs = installedPrograms() ?? (await npmPrograms());
  const lane: Lane = await startLocal(programs, `PostgreSQL in ${path.dirname(programs)}`, settings);
  const [version, hasVector] = await query(lane.url, async (sql) => {
    const [row] = await sql`SHOW server_version`;
    const [vector] = await sql`SELECT FROM pg_available_extensions WHERE name = 'vector'`;
    return [String(row?.["server_version"]), vector !== undefined] as const;
  });
  return {
    description: `PostgreSQL ${version}${hasVector ? " with pgvector" : ""}`,
    hasVector,
    programs,
    url: (database) => `${withDatabase(lane.url, database)}?sslmode=disable`,
    recreate: (...databases) =>
      query(lane.url, async (sql) => {
        for (const database of databases) {
          await sql.unsafe(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
          await sql.unsafe(`CREATE DATABASE ${database}`);
        }
      }),
    run: (database, text) =>
      query(withDatabase(lane.url, database), async (sql) => void (await sql.unsafe(text).simple())),
    rows: <Row extends object>(database: string, text: string) =>
      query(withDatabase(lane.url, database), async (sql) => [...(await sql.unsafe<Row[]>(text))]),
    stop: () => lane.stop(),
  };
}
