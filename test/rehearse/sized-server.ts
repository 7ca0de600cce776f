import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Session } from "../../src/database/session.ts";
import { open } from "../../src/index.ts";
import type { RehearsedStatement } from "../../src/rehearse/statements.ts";
import { makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";
import { isRehearsal } from "./project.ts";
import { fillSql, schema } from "./sized-tables.ts";

/** Files of a database: tables, indexes and TOAST tables, by the number of the file. */
const files = `SELECT pg_relation_filenode(oid)::int8::float8 AS node, pg_relation_size(oid)::float8 AS bytes FROM pg_class
WHERE relkind IN ('r', 'm', 'i', 't') AND relnamespace IN ('public'::regnamespace, 'pg_toast'::regnamespace) AND oid >= 16384`;

interface File {
  readonly node: number;
  readonly bytes: number;
}

const tables = ["customers", "orders", "tags", "pages"] as const;

/** A project with one database on a server whose tables have many rows, after `001_base.sql`. */
export class SizedServer {
  readonly counts: ReadonlyMap<string, number>;
  readonly place: Place;
  readonly session: Session;

  private constructor(place: Place, session: Session, counts: ReadonlyMap<string, number>) {
    this.place = place;
    this.session = session;
    this.counts = counts;
  }

  static async create(rows: number): Promise<SizedServer> {
    const place = await makePlace("server", {
      databases: [{ key: "app", name: "app", urlVariable: "DATABASE_URL_APP" }],
    });
    mkdirSync(path.join(place.folder, "m"));
    writeFileSync(path.join(place.folder, "m/001_base.sql"), `-- socrates-db: phase 0\n${schema}`);
    writeFileSync(
      path.join(place.folder, "socrates-db.config.json"),
      JSON.stringify({ databases: { app: { migrations: "m" } } }),
    );
    const { exitCode, stderr } = await place.run(["migrate", "--quiet"]);
    if (exitCode !== 0) throw new Error(stderr);
    const session = await connectTo(place, "app");
    await session.run(fillSql(rows));
    await session.run("VACUUM ANALYZE");
    const counts = new Map<string, number>();
    for (const table of tables) {
      const [row] = await session.run<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
      counts.set(table, row?.count ?? 0);
    }
    return new SizedServer(place, session, counts);
  }

  async close(): Promise<void> {
    await this.session.close();
    await this.place.dispose();
  }

  /** Rows of these tables together. */
  rowsOf(names: readonly string[]): number {
    return names.reduce((sum, name) => sum + (this.counts.get(name) ?? 0), 0);
  }

  /**
   * What a rehearsal states for one statement.
   * @param stats a file instead of the server @param outside whether it runs outside of a transaction
   */
  async rehearse(
    sql: string,
    { stats, outside = false }: { readonly stats?: string; readonly outside?: boolean } = {},
  ): Promise<RehearsedStatement> {
    const { place } = this;
    const file = path.join(place.folder, "change.sql");
    writeFileSync(file, `${outside ? "-- socrates-db: no-transaction\n" : ""}${sql};\n`);
    const project = await open({ cwd: place.folder, env: stats === undefined ? place.env : {} });
    try {
      const result = await project.rehearse({ files: [file], ...(stats !== undefined && { stats }) });
      if (!isRehearsal(result)) throw new Error("the result is not a rehearsal");
      const [statement] = result.statements;
      if (statement === undefined) throw new Error("no statement");
      return statement;
    } finally {
      await project.close();
    }
  }

  /** The size of the files that a statement writes on the server. */
  async written(sql: string): Promise<number> {
    const { session } = this;
    const before = new Set((await session.run<File>(files)).map(({ node }) => node));
    try {
      await session.run(`BEGIN; ${sql}`);
      const after = await session.run<File>(files);
      return after.reduce((sum, { node, bytes }) => (before.has(node) ? sum : sum + bytes), 0);
    } finally {
      await session.run("ROLLBACK");
    }
  }

  /** The size of the files that a statement replaces, and of those that it sorts with. */
  async temporary(sql: string): Promise<number> {
    const { session } = this;
    const before = await session.run<File>(files);
    try {
      await session.run(
        `BEGIN; SET LOCAL maintenance_work_mem = '1MB'; SET LOCAL max_parallel_maintenance_workers = 0;
        SET LOCAL log_temp_files = 0; SET LOCAL client_min_messages = log; ${sql}`,
      );
      const after = new Set((await session.run<File>(files)).map(({ node }) => node));
      const replaced = before
        .filter(({ node }) => !after.has(node))
        .reduce((sum, { bytes }) => sum + bytes, 0);
      const sorts = session
        .takeNotices()
        .map(({ message }) => Number(/^temporary file: .* size (\d+)$/.exec(message)?.[1] ?? 0));
      return sorts.reduce((sum, size) => sum + size, replaced);
    } finally {
      await session.run("ROLLBACK");
    }
  }
}
