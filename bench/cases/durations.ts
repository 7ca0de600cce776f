import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fillSql, schema } from "../../test/rehearse/sized-tables.ts";
import { atLeast, type BenchCase, type BenchContext, type Table } from "../case.ts";
import { tool } from "../tool.ts";

const database = "bench_durations";

/** What the ledger learns from; two migrations for each kind of work. */
const known: readonly string[] = [
  "ALTER TABLE tags ALTER COLUMN word TYPE varchar(40);",
  "ALTER TABLE tags ADD COLUMN added timestamptz DEFAULT clock_timestamp();",
  "CREATE INDEX orders_total ON orders (total);",
  "CREATE INDEX orders_customer_status ON orders (customer_id, status);",
  "ALTER TABLE orders ADD CONSTRAINT a FOREIGN KEY (customer_id) REFERENCES customers;",
  "ALTER TABLE orders ADD CONSTRAINT b FOREIGN KEY (customer_id) REFERENCES customers;",
  "ALTER TABLE orders ADD CONSTRAINT c CHECK (status <> 'lost' AND note <> 'lost' AND total < 1000000);",
  "ALTER TABLE orders ADD CONSTRAINT d CHECK (lower(status) <> 'lost');",
];

/** What is then rehearsed, and measured. */
const statements: readonly string[] = [
  "ALTER TABLE orders ALTER COLUMN id TYPE bigint",
  "ALTER TABLE orders ALTER COLUMN size TYPE integer",
  "ALTER TABLE orders ALTER COLUMN total TYPE numeric(12,4)",
  "ALTER TABLE orders ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid()",
  "ALTER TABLE orders ADD COLUMN doubled integer GENERATED ALWAYS AS (size * 2) STORED",
  "ALTER TABLE orders SET UNLOGGED",
  "ALTER TABLE customers ADD COLUMN seen timestamptz DEFAULT clock_timestamp()",
  "ALTER TABLE tags SET UNLOGGED",
  "CREATE INDEX ON orders (customer_id)",
  "CREATE INDEX ON orders (created)",
  "CREATE INDEX ON orders (status)",
  "CREATE INDEX ON orders (customer_id, created)",
  "CREATE INDEX ON tags (word)",
  "CREATE UNIQUE INDEX ON customers (email)",
  "ALTER TABLE orders ADD UNIQUE (code)",
  "REINDEX TABLE orders",
  "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers",
  "ALTER TABLE orders ADD CHECK (size >= 0)",
  "ALTER TABLE tags ALTER COLUMN weight SET NOT NULL",
  "REFRESH MATERIALIZED VIEW per_customer",
];

interface Rehearsal {
  readonly statements: readonly {
    readonly seconds?: { readonly low: number; readonly high: number };
    readonly unknown?: { readonly seconds?: string };
  }[];
}

interface Measurement {
  readonly sql: string;
  readonly seconds: number;
  readonly stated?: { readonly low: number; readonly high: number };
  readonly unknown: string;
}

class Project {
  private readonly context: BenchContext;
  readonly cwd: string;
  private migrations = 0;

  constructor(context: BenchContext) {
    this.context = context;
    this.cwd = path.join(context.folder, "durations");
    mkdirSync(path.join(this.cwd, "m"), { recursive: true });
    const config = { databases: { app: { name: database, migrations: "m" } } };
    writeFileSync(path.join(this.cwd, "socrates-db.config.json"), JSON.stringify(config));
  }

  add(sql: string): void {
    this.migrations += 1;
    const number = String(this.migrations).padStart(3, "0");
    writeFileSync(path.join(this.cwd, `m/${number}_step.sql`), `-- socrates-db: phase 0\n${sql}\n`);
  }

  run(args: readonly string[]): string {
    const [program = "", ...rest] = tool(args).argv;
    const env = { ...process.env, DATABASE_URL_APP: this.context.server.url(database) };
    const { status, stdout, stderr } = spawnSync(program, rest, { cwd: this.cwd, env, encoding: "utf8" });
    // 1: a rehearsal has found hazards.
    if (status === null || status > 1) throw new Error(stderr);
    return stdout;
  }

  /** Analyses the tables and writes their statistics, with the durations of what was applied since. */
  async pull(): Promise<void> {
    await this.context.server.run(database, "VACUUM ANALYZE");
    this.run(["stats", "pull", "--quiet"]);
  }

  async measure(sql: string): Promise<Measurement> {
    const file = path.join(this.cwd, "change.sql");
    writeFileSync(file, `${sql};\n`);
    const args = ["rehearse", file, "--stats", "socrates-db.stats.json", "--format", "json"];
    const {
      statements: [stated],
    }: Rehearsal = JSON.parse(this.run(args));
    const start = performance.now();
    await this.context.server.run(database, `BEGIN; ${sql}; ROLLBACK`);
    const seconds = (performance.now() - start) / 1000;
    const { seconds: range, unknown } = stated ?? {};
    return { sql, seconds, ...(range && { stated: range }), unknown: unknown?.seconds ?? "" };
  }
}

/** Within a factor of two of the stated range, or not stated. */
function isRight({ seconds, stated }: Measurement): boolean {
  return stated === undefined || (seconds >= stated.low / 2 && seconds <= stated.high * 2);
}

function tableOf(rows: number, measured: readonly Measurement[]): Table {
  const stated = measured.filter((one) => one.stated !== undefined);
  const part = measured.filter(isRight).length / measured.length;
  return {
    title: `Durations that a rehearsal states, ${rows.toLocaleString("en")} rows`,
    samples: [],
    aims: [atLeast("statements within a factor of two, or unknown", part, 0.9)],
    counts: {
      head: ["Statement", "Stated, s", "Measured, s"],
      rows: measured.map(({ sql, seconds, stated: range, unknown }) => [
        sql,
        range === undefined ? `unknown: ${unknown}` : `${range.low}-${range.high}`,
        seconds.toPrecision(2),
      ]),
    },
    notes: [
      `A time is stated for ${stated.length} of ${measured.length} statements, from the durations of ${known.length} migrations in the ledger.`,
    ],
  };
}

/** Times that are stated for statements on large tables, next to those that a server takes. */
export const durations: BenchCase = {
  name: "durations",
  run: async (context) => {
    const { server, say } = context;
    await server.recreate(database);
    const project = new Project(context);
    project.add(schema);
    project.run(["migrate", "--quiet"]);
    const tables: Table[] = [];
    for (const rows of [1_000_000, 10_000_000]) {
      say(`durations: ${rows} rows`);
      if (tables.length === 0) {
        await server.run(database, fillSql(rows));
        await project.pull();
        for (const sql of known) project.add(sql);
        project.run(["migrate", "--quiet"]);
      } else await server.run(database, fillSql(rows, rows / 10 + 1));
      await project.pull();
      const measured: Measurement[] = [];
      for (const sql of statements) {
        say(sql);
        measured.push(await project.measure(sql));
      }
      tables.push(tableOf(rows, measured));
    }
    await server.recreate(database);
    return tables;
  },
};
