import path from "node:path";
import { databases } from "../../src/databases.ts";
import { ownName } from "../../src/schema/names.ts";
import { seededTables } from "../../src/seed/tables/index.ts";
import type { SeededTable } from "../../src/seed/tables/table.ts";
import {
  atLeast,
  atMost,
  type BenchCase,
  type BenchContext,
  sampleOf,
  type Table,
  tableOf,
} from "../case.ts";
import { type Command, compare, measure } from "../measure.ts";
import { root, tool } from "../tool.ts";

/** Users of `--scale large`, and of the repeated comparison: a tenth of it. */
const large = 36_500;
const repeated = large / 10;

function pairOf(name: string): string[] {
  return databases.map(({ key }) => `bench_seed_${name}_${key}`);
}

function envOf({ server }: BenchContext, pair: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(databases.map(({ urlVariable }, i) => [urlVariable, server.url(pair[i] ?? "")]));
}

/** Fresh databases with all tables. */
async function migrated(context: BenchContext, pair: readonly string[], seeded: boolean): Promise<void> {
  await context.server.recreate(...pair);
  const env = envOf(context, pair);
  const commands = [tool(["migrate", "--quiet"], { cwd: context.folder, env })];
  // With existing rows, constraints and indexes stay during the load.
  if (seeded) commands.push(tool(["seed", "--users", "1", "--quiet"], { cwd: context.folder, env }));
  await measure(commands);
}

/** The arguments of psql's `\\copy`: a table, its columns, and a file with its rows. */
function copyCommand(
  folder: string,
  { name, columns, laterColumns = [] }: SeededTable,
  way: "from" | "to",
): string {
  const file = path.join(folder, `${name}.copy`);
  return `\\copy ${name} (${[...columns, ...laterColumns].join(", ")}) ${way} '${file}'`;
}

/** One call of psql for each database with its tables, in one transaction. */
function psql(
  { server, folder }: BenchContext,
  pair: readonly string[],
  tables: ReadonlyMap<string, readonly SeededTable[]>,
  way: "from" | "to",
): Command[] {
  return databases.map(({ key }, i) => ({
    argv: [
      path.join(server.programs, "psql"),
      "-qX1",
      "-v",
      "ON_ERROR_STOP=1",
      ...(tables.get(key) ?? []).flatMap((table) => ["-c", copyCommand(folder, table, way)]),
      server.url(pair[i] ?? ""),
    ],
  }));
}

/** Which database has which table, according to the package's schema document. */
async function tablesByDatabase(): Promise<ReadonlyMap<string, readonly SeededTable[]>> {
  const { parseDocument } = await import("../../src/document/read.ts");
  const { documentText } = await import("../../src/document/text.ts");
  const { text, name: file } = documentText(path.join(root, "docs", "schema.md"));
  const document = parseDocument(text, file, databases);
  return new Map(
    databases.map(({ key, name }) => [
      key,
      seededTables.filter((table) =>
        document.tables.some((entry) => ownName(entry.name) === table.name && entry.database === name),
      ),
    ]),
  );
}

/** The number of rows that seed reports. */
async function rowsIn({ server }: BenchContext, pair: readonly string[]): Promise<number> {
  let rows = 0;
  for (const database of pair) {
    const [record] = await server.rows<{ count: number }>(
      database,
      "SELECT sum(each.value::int)::int AS count FROM socrates_db.seeds s, jsonb_each_text(s.rows) each",
    );
    rows += record?.count ?? 0;
  }
  return rows;
}

function speed(rows: number, wallMs: number): string {
  return `${Math.round((rows * 1000) / wallMs).toLocaleString("en-US")} rows/s`;
}

async function ratios(context: BenchContext): Promise<Table> {
  const { folder, runs } = context;
  const tables = await tablesByDatabase();
  const [plain, live, rebuilt] = [pairOf("psql"), pairOf("live"), pairOf("rebuilt")];
  const seed = (pair: readonly string[], ...args: string[]) => [
    tool(["seed", "--users", String(repeated), "--quiet", ...args], {
      cwd: folder,
      env: envOf(context, pair),
    }),
  ];
  // The same rows as text, for psql.
  await migrated(context, plain, false);
  await measure(seed(plain));
  await measure(psql(context, plain, tables, "to"));
  const rows = await rowsIn(context, plain);
  const samples = await compare(
    [
      {
        name: "psql \\copy",
        prepare: () => migrated(context, plain, false),
        commands: psql(context, plain, tables, "from"),
      },
      {
        name: "seed --append",
        prepare: () => migrated(context, live, true),
        commands: seed(live, "--append"),
      },
      { name: "seed", prepare: () => migrated(context, rebuilt, false), commands: seed(rebuilt) },
    ],
    Math.min(runs, 3),
  );
  const wall = (name: string) => sampleOf(samples, name).wallMs;
  return tableOf(
    `${rows.toLocaleString("en-US")} rows into both databases: live tables, and with indexes and foreign keys recreated`,
    samples,
    [
      atLeast("rows/s, seed --append / psql \\copy", wall("psql \\copy") / wall("seed --append"), 0.8),
      atLeast("rows/s, seed / psql \\copy", wall("psql \\copy") / wall("seed"), 2.5),
    ],
    [...samples].map(([name, { wallMs }]) => `${name}: ${speed(rows, wallMs)}`),
  );
}

async function memory(context: BenchContext): Promise<Table> {
  const pair = pairOf("rebuilt");
  const samples = new Map<string, Awaited<ReturnType<typeof measure>>>();
  for (const users of [repeated, large]) {
    await migrated(context, pair, false);
    const command = tool(["seed", "--users", String(users), "--quiet"], {
      cwd: context.folder,
      env: envOf(context, pair),
    });
    samples.set(`seed --users ${users}`, await measure([command]));
  }
  const { peakMb = Number.NaN, wallMs } = sampleOf(samples, `seed --users ${large}`);
  return tableOf(
    "Memory of --scale large, and of a tenth of it",
    samples,
    [atMost("peak, MB", peakMb, 200)],
    [`--scale large: ${speed(large * 274, wallMs)}`],
  );
}

/** Sample rows compared with psql's \copy of the same rows, generated beforehand. Needs pgvector for all tables. */
export const seed: BenchCase = {
  name: "seed",
  run: async (context) => {
    if (!context.server.hasVector) {
      context.say("seed: left out, as the server has no pgvector");
      return [];
    }
    return [await ratios(context), await memory(context)];
  },
};
