import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fingerprints } from "../../src/shadow/fingerprints.ts";
import type { BenchCase, BenchContext, Table } from "../case.ts";
import { packages } from "../peers/peers.ts";
import { reasonIn, runProcess, type ScriptFile, type ScriptWriter } from "../peers/script-writer.ts";
import { asScript, ourDiff, scriptWriters } from "../peers/script-writers.ts";
import { root } from "../tool.ts";

const fixtures = path.join(root, "test/fixtures/repair");

/** A pair in one direction. */
interface Task {
  readonly name: string;
  readonly old: readonly string[];
  readonly next: string;
}

/** Both directions of all pairs that need no options, which the other tools do not have. */
function tasks(): Task[] {
  const plain = readdirSync(fixtures).filter((pair) =>
    ["options.txt", "renames.txt"].every((file) => !existsSync(path.join(fixtures, pair, file))),
  );
  const both = plain.map((pair) => {
    const text = (file: string) => readFileSync(path.join(fixtures, pair, file), "utf8");
    const rows = existsSync(path.join(fixtures, pair, "rows.sql")) ? [text("rows.sql")] : [];
    return {
      forward: { name: `${pair} forward`, old: [text("old.sql"), ...rows], next: text("new.sql") },
      back: { name: `${pair} back`, old: [text("new.sql")], next: text("old.sql") },
    };
  });
  return [...both.map(({ forward }) => forward), ...both.map(({ back }) => back)];
}

/** What became of a script. */
type Outcome = "arrives" | "stops at its guard" | "does not arrive" | "refused";

const outcomes: readonly Outcome[] = ["arrives", "stops at its guard", "does not arrive", "refused"];

/** How many pairs are judged at the same time: nothing here is timed. */
const together = 3;

/** The databases of a pair: both sides, and a copy of the first for each tool. */
class Databases {
  readonly before: string;
  readonly wanted: string;
  private readonly number: number;

  constructor(number: number) {
    this.number = number;
    this.before = `bench_scripts_${number}_before`;
    this.wanted = `bench_scripts_${number}_wanted`;
  }

  copy(tool: number): string {
    return `bench_scripts_${this.number}_copy_${tool}`;
  }
}

/**
 * Columns of tables that store rows, as SQL; generated ones may change with their expression.
 * Those of a composite type look different where its fields do.
 */
const columnsQuery = `SELECT format('%I.%I', n.nspname, c.relname) AS table, format('%I', a.attname) AS column,
  concat_ws(' ', format_type(a.atttypid, a.atttypmod), (SELECT string_agg(format_type(f.atttypid, f.atttypmod), ' ' ORDER BY f.attnum)
    FROM pg_attribute f JOIN pg_type t ON f.attrelid = t.typrelid
    WHERE t.oid IN (a.atttypid, (SELECT typelem FROM pg_type WHERE oid = a.atttypid)) AND f.attnum > 0 AND NOT f.attisdropped)) AS type
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' ORDER BY 1, a.attname`;

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

/** The columns that both sides have, with equal types, by table. */
async function keptColumns(
  { server }: BenchContext,
  { before, wanted }: Databases,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const [left, right] = [
    await server.rows<Column>(before, columnsQuery),
    await server.rows<Column>(wanted, columnsQuery),
  ];
  const idOf = ({ table, column, type }: Column) => `${table} ${column} ${type}`;
  const known = new Set(right.map(idOf));
  const kept = new Map<string, string[]>();
  for (const one of left)
    if (known.has(idOf(one))) kept.set(one.table, [...(kept.get(one.table) ?? []), one.column]);
  return kept;
}

/** Runs scripts with psql. @returns what failed */
async function apply(
  { server }: BenchContext,
  database: string,
  files: readonly ScriptFile[],
): Promise<string | undefined> {
  for (const { file, transaction } of files) {
    const { code, errors } = await runProcess([
      path.join(server.programs, "psql"),
      ...["-X", "-q", "-v", "ON_ERROR_STOP=1", ...(transaction ? ["-1"] : []), "-f", file],
      server.url(database),
    ]);
    if (code !== 0) return reasonIn(errors);
  }
  return undefined;
}

/** Why a database is not the wanted one; undefined if it is, and nothing is suppressed. */
async function differenceOf(
  context: BenchContext,
  database: string,
  wanted: string,
): Promise<string | undefined> {
  const { server } = context;
  const compareWith = async (options: readonly string[]) => {
    const { argv, env } = ourDiff(server.url(database), server.url(wanted), elsewhere(context), options);
    return runProcess(argv, env);
  };
  // Without a script it is faster, and leaves out what follows from other differences.
  const found = await compareWith([]);
  if (found.code !== 0) return (found.output + found.errors).trim();
  const { code, errors } = await compareWith(asScript);
  return code === 0 && errors.includes("no difference") ? undefined : errors.trim();
}

function elsewhere({ server }: BenchContext): readonly [string, string] {
  return [server.url("postgres"), server.url("template1")];
}

interface Judged {
  readonly outcome: Outcome;
  readonly why: string;
}

/** Lets one tool write a script, runs it on a copy of the database, and judges what it leaves. */
async function judge(
  context: BenchContext,
  writer: ScriptWriter,
  { before, wanted }: Databases,
  database: string,
  kept: ReadonlyMap<string, readonly string[]>,
): Promise<Judged> {
  const { server, folder } = context;
  const written = await writer.write(
    server.url(before),
    server.url(wanted),
    mkdtempSync(path.join(folder, "script-")),
  );
  if ("refused" in written) return { outcome: "refused", why: written.refused };
  const rowsOf = (columns: ReadonlyMap<string, readonly string[]>) =>
    fingerprints({ run: (sql) => server.rows(database, sql) }, columns);
  const rows = await rowsOf(kept);
  const failure = await apply(context, database, written.files);
  if (failure !== undefined)
    return {
      outcome: /offending rows: \d+/.test(failure) ? "stops at its guard" : "does not arrive",
      why: failure,
    };
  const difference = await differenceOf(context, database, wanted);
  if (difference !== undefined) return { outcome: "does not arrive", why: `differs: ${difference}` };
  const changed = [...(await rowsOf(kept))].filter(([table, print]) => rows.get(table) !== print);
  return changed.length === 0
    ? { outcome: "arrives", why: "" }
    : { outcome: "does not arrive", why: `the rows of ${changed.map(([table]) => table)} differ` };
}

/** What became of the scripts that all tools write for a pair, in their order. */
async function judgeAll(
  context: BenchContext,
  writers: readonly ScriptWriter[],
  databases: Databases,
  task: Task,
): Promise<readonly Judged[]> {
  const { server } = context;
  const { before, wanted } = databases;
  await server.recreate(before, wanted);
  for (const sql of task.old) await server.run(before, sql);
  await server.run(wanted, task.next);
  const kept = await keptColumns(context, databases);
  const copies = writers.map((_, i) => databases.copy(i));
  for (const copy of copies) {
    await server.run("postgres", `DROP DATABASE IF EXISTS ${copy} WITH (FORCE)`);
    await server.run("postgres", `CREATE DATABASE ${copy} TEMPLATE ${before}`);
  }
  return Promise.all(writers.map((writer, i) => judge(context, writer, databases, copies[i] ?? "", kept)));
}

/** How many scripts of this program and of similar ones arrive. */
export const scripts: BenchCase = {
  name: "scripts",
  run: async (context) => {
    const { server, say, peers } = context;
    if (!existsSync(path.join(server.programs, "psql"))) return [];
    const writers = scriptWriters(peers.modules, elsewhere(context));
    const counts = new Map(writers.map(({ name }) => [name, new Map<Outcome, number>()]));
    const all = tasks();
    const details: string[] = [];
    const waiting = [...all];
    const work = async (_: unknown, number: number) => {
      const databases = new Databases(number);
      for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
        const judged = await judgeAll(context, writers, databases, task);
        for (const [i, { outcome, why }] of judged.entries()) {
          const name = writers[i]?.name ?? "";
          const count = counts.get(name);
          count?.set(outcome, (count.get(outcome) ?? 0) + 1);
          details.push([task.name, name, outcome, why.replaceAll(/\s+/g, " ")].join("\t"));
          say(`scripts: ${details.at(-1)}`);
        }
      }
    };
    await Promise.all(Array.from({ length: together }, work));
    return [tableOf(all.length, counts, details)];
  },
};

const notes = [
  `The pairs of test/fixtures/repair in both directions, without those that need options of this program: @supabase/pg-delta ${packages["@supabase/pg-delta"]} (plan, render --allow-drops), @pgkit/migra ${packages["@pgkit/migra"]} (run --unsafe; its script in one transaction), socrates-db (diff --format sql --allow-drops).`,
  "A script arrives if psql runs it to its end, a comparison by socrates-db that suppresses nothing then finds no difference (comments, settings of functions and statistics are compared; owners and privileges are not), and the rows are as before in all columns that both sides have with equal types.",
];

function tableOf(
  size: number,
  counts: ReadonlyMap<string, ReadonlyMap<Outcome, number>>,
  details: readonly string[],
): Table {
  return {
    title: "Scripts from one schema to another",
    samples: [],
    counts: {
      head: ["", "pairs and directions", "script printed", ...outcomes],
      rows: [...counts].map(([name, count]) => {
        const of = (outcome: Outcome) => count.get(outcome) ?? 0;
        return [name, size, size - of("refused"), ...outcomes.map(of)].map(String);
      }),
    },
    aims: [],
    details,
    notes,
  };
}
