import { existsSync } from "node:fs";
import path from "node:path";
import { databases } from "../../src/databases.ts";
import { type Aim, atMost, type BenchCase, type BenchContext, type Table, tableOf } from "../case.ts";
import { type Command, type Contestant, compare } from "../measure.ts";
import { tool } from "../tool.ts";

const sizes = [1_000, 5_000];

/**
 * Tables of ten columns, three indexes and two constraints, in batches: one transaction for all needs too many locks.
 */
function tablesSql(from: number, to: number): string {
  return `DO $do$ BEGIN FOR i IN ${from}..${to} LOOP EXECUTE format($sql$
    CREATE TABLE t%1$s (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), a integer NOT NULL, b text, c varchar(50) NOT NULL DEFAULT 'x',
      d timestamp DEFAULT now(), e numeric(10,2), f boolean NOT NULL DEFAULT true, g jsonb, h inet, i bigint,
      CONSTRAINT t%1$s_a_positive CHECK (a > 0));
    CREATE INDEX t%1$s_b ON t%1$s (b); CREATE INDEX t%1$s_d ON t%1$s (d DESC); CREATE INDEX t%1$s_f ON t%1$s (f) WHERE f$sql$, i); END LOOP; END $do$`;
}

async function fill({ server }: BenchContext, database: string, tables: number): Promise<void> {
  await server.recreate(database);
  for (let first = 1; first <= tables; first += 250)
    await server.run(database, tablesSql(first, Math.min(tables, first + 249)));
  await server.run(database, "VACUUM ANALYZE");
}

function dump({ server }: BenchContext, database: string): Command {
  return { argv: [path.join(server.programs, "pg_dump"), "-s", "-f", "/dev/null", server.url(database)] };
}

/** Reads and compares two live databases, next to `pg_dump -s` of both, and a similar tool. */
async function large(context: BenchContext, tables: number): Promise<Table> {
  const { server, peers, runs, folder } = context;
  const [left, right] = ["bench_catalog_a", "bench_catalog_b"];
  await fill(context, left, tables);
  await fill(context, right, tables);
  const [first] = databases;
  const env = Object.fromEntries(
    databases.map(({ urlVariable, key }) => [urlVariable, server.url(key === first?.key ? left : right)]),
  );
  const few = Math.min(runs, 5);
  const contestants: Contestant[] = [
    {
      name: "socrates-db diff",
      commands: [
        tool(
          [
            "diff",
            "--from",
            "live",
            "--to",
            server.url(right),
            "--database",
            first?.key ?? "",
            "--phase",
            "0",
            "--quiet",
          ],
          { cwd: folder, env },
        ),
      ],
    },
    { name: "pg_dump -s of both", commands: [dump(context, left), dump(context, right)] },
  ];
  const samples = new Map(await compare(contestants, few));
  const notes: string[] = [];
  for (const { name, command } of peers.differs) {
    const contestant = { name, commands: [command(server.url(left), server.url(right))] };
    try {
      for (const entry of await compare([contestant], 1)) samples.set(...entry);
    } catch (error) {
      notes.push(`${name} fails: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
    }
  }
  const [ours, theirs, differ] = ["socrates-db diff", "pg_dump -s of both", "@pgkit/migra"].map((name) =>
    samples.get(name),
  );
  const aims: Aim[] = [
    ...(ours && theirs ? [atMost("diff / pg_dump -s of both", ours.wallMs / theirs.wallMs, 0.8)] : []),
    ...(ours && differ ? [atMost("diff / migra", ours.wallMs / differ.wallMs, 0.125)] : []),
    ...(ours?.peakMb === undefined ? [] : [atMost("peak MB", ours.peakMb, 250)]),
  ];
  return tableOf(
    `Two databases of ${tables.toLocaleString("en")} tables, read and compared`,
    samples,
    aims,
    notes,
  );
}

/** The application's own databases compared with the cached document. */
async function own(context: BenchContext): Promise<Table> {
  const { server, runs, folder } = context;
  const pair = databases.map(({ key }) => `bench_own_${key}`);
  await server.recreate(...pair);
  const env = Object.fromEntries(
    databases.map(({ urlVariable }, i) => [urlVariable, server.url(pair[i] ?? "")]),
  );
  const phase = server.hasVector ? "6" : "4";
  const ours = (...args: string[]) => tool([...args, "--quiet"], { cwd: folder, env });
  await compare([{ name: "", commands: [ours("migrate", "--phase", phase)] }], 0);
  const samples = await compare(
    [
      { name: "socrates-db diff", commands: [ours("diff")] },
      { name: "socrates-db verify indexes", commands: [ours("verify", "indexes")] },
      { name: "pg_dump -s of both", commands: pair.map((database) => dump(context, database)) },
    ],
    runs,
  );
  const dumps = samples.get("pg_dump -s of both")?.wallMs ?? Number.NaN;
  return tableOf(
    "Both databases against the document",
    samples,
    ["socrates-db diff", "socrates-db verify indexes"].map((name) =>
      atMost(`${name} / pg_dump -s of both`, (samples.get(name)?.wallMs ?? Number.NaN) / dumps, 1.3),
    ),
  );
}

/** Reading catalogs and comparing them. */
export const catalog: BenchCase = {
  name: "catalog",
  run: async (context) => {
    if (!existsSync(path.join(context.server.programs, "pg_dump"))) return [];
    context.say("catalog: the document");
    const tables = [await own(context)];
    for (const size of sizes) {
      context.say(`catalog: ${size} tables`);
      tables.push(await large(context, size));
    }
    return tables;
  },
};
