import { atMost, type BenchCase, type BenchContext, sampleOf, tableOf } from "../case.ts";
import { type Command, compare } from "../measure.ts";
import { asScript, ourDiff } from "../peers/script-writers.ts";

const tables = 1_000;
const [present, wanted] = ["bench_repair_present", "bench_repair_wanted"] as const;

/** Tables with a key, a reference to the one before, checks, indexes and comments. */
function tablesSql(from: number, to: number): string {
  return `DO $do$ BEGIN FOR i IN ${from}..${to} LOOP EXECUTE format($sql$
    CREATE TABLE t%1$s (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL,
      amount numeric(10,2) DEFAULT 0 CHECK (amount >= 0), parent bigint REFERENCES t%2$s, created timestamptz DEFAULT now());
    CREATE INDEX t%1$s_name ON t%1$s (name); CREATE INDEX t%1$s_parent ON t%1$s (parent);
    COMMENT ON TABLE t%1$s IS 'Table %1$s'; COMMENT ON COLUMN t%1$s.name IS 'Name of %1$s'$sql$, i, greatest(i - 1, 1)); END LOOP; END $do$`;
}

async function fill({ server }: BenchContext, database: string): Promise<void> {
  await server.recreate(database);
  // One transaction for all needs too many locks.
  for (let first = 1; first <= tables; first += 250)
    await server.run(database, tablesSql(first, first + 249));
}

/** The script for a new column and an index among many tables, next to the comparison that finds them. */
export const repair: BenchCase = {
  name: "repair",
  run: async (context) => {
    const { server, runs } = context;
    for (const database of [present, wanted]) await fill(context, database);
    await server.run(
      wanted,
      "ALTER TABLE t7 ADD COLUMN size integer NOT NULL DEFAULT 1; CREATE INDEX t7_size ON t7 (size)",
    );
    const elsewhere = [server.url("postgres"), server.url("template1")] as const;
    const diff = (options: readonly string[]): Command => {
      const { argv, env } = ourDiff(server.url(present), server.url(wanted), elsewhere, options);
      // Both find a difference and exit with 1.
      return { argv: ["sh", "-c", '"$@"; test $? -eq 1', "sh", ...argv], env };
    };
    const [plain, script] = ["socrates-db diff", "socrates-db diff --format sql"] as const;
    const samples = await compare(
      [
        { name: plain, commands: [diff([])] },
        { name: script, commands: [diff(asScript)] },
      ],
      Math.min(runs, 3),
    );
    const [one, other] = [sampleOf(samples, plain), sampleOf(samples, script)];
    return [
      tableOf(
        `A script for one table among ${tables.toLocaleString("en")}, proven`,
        samples,
        [atMost(`${script} / ${plain}`, other.wallMs / one.wallMs, 20)],
        ["The proof creates all tables of both sides in two embedded databases and fills those of one."],
      ),
    ];
  },
};
