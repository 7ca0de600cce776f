import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { databases } from "../../src/databases.ts";
import { type Aim, atMost, type BenchCase, type BenchContext, type Table, tableOf } from "../case.ts";
import { compare } from "../measure.ts";
import type { PlainMigration } from "../peers/migrator.ts";
import { bareNode, tool } from "../tool.ts";

const lengths = [1_000, 5_000];

function chainOf(length: number): PlainMigration[] {
  return Array.from({ length }, (_, i) => ({
    number: i + 1,
    name: `table_${i + 1}`,
    sql: `CREATE TABLE t${i + 1} (id bigint PRIMARY KEY, name text NOT NULL);\n`,
  }));
}

/** Our form of a chain: it belongs to the first database, the others have none. */
function writeProject(folder: string, chain: readonly PlainMigration[]): void {
  const [first] = databases;
  for (const { key } of databases) mkdirSync(path.join(folder, key), { recursive: true });
  for (const { number, name, sql } of chain) {
    const file = path.join(folder, first?.key ?? "", `${String(number).padStart(4, "0")}_${name}`);
    writeFileSync(`${file}.sql`, `-- socrates-db: phase 0\n${sql}`);
    writeFileSync(`${file}.down.sql`, `DROP TABLE t${number};\n`);
  }
  const config = { databases: Object.fromEntries(databases.map(({ key }) => [key, { migrations: key }])) };
  writeFileSync(path.join(folder, "socrates-db.config.json"), JSON.stringify(config));
}

async function one(context: BenchContext, length: number): Promise<Table> {
  const { server, peers, folder, runs } = context;
  const chain = chainOf(length);
  const own = path.join(folder, `chain_${length}`);
  writeProject(own, chain);
  const names = databases.map(({ key }) => `bench_chain_${key}`);
  const env = Object.fromEntries(
    databases.map(({ urlVariable }, i) => [urlVariable, server.url(names[i] ?? "")]),
  );
  const ours = (...args: string[]) => [tool([...args, "--quiet"], { cwd: own, env })];
  const others = peers.migrators.filter(({ name }) => name === "dbmate" || name === "psql -1");
  for (const migrator of others) migrator.write(path.join(folder, `${migrator.name}_${length}`), chain);
  const folderOf = (name: string) => path.join(folder, `${name}_${length}`);
  const database = (name: string) => `bench_chain_${name.replace(/\W+/g, "")}`;
  const few = Math.min(runs, length > 1_000 ? 1 : 3);
  const up = await compare(
    [
      { name: "socrates-db", prepare: () => server.recreate(...names), commands: ours("migrate") },
      ...others.map((migrator) => ({
        name: migrator.name,
        prepare: () => server.recreate(database(migrator.name)),
        commands: [migrator.up(folderOf(migrator.name), server.url(database(migrator.name)))],
      })),
    ],
    few,
  );
  const idle = await compare(
    [
      { name: "node -e 0", commands: [bareNode] },
      { name: "socrates-db, nothing to do", commands: ours("migrate") },
      { name: "socrates-db status", commands: ours("status") },
      ...others
        .filter(({ name }) => name === "dbmate")
        .map((migrator) => ({
          name: "dbmate, nothing to do",
          commands: [migrator.up(folderOf(migrator.name), server.url(database(migrator.name)))],
        })),
    ],
    runs,
  );
  const bare = idle.get("node -e 0");
  const perMigration = (name: string) => {
    const cpu = up.get(name)?.cpuMs;
    const start = name === "socrates-db" ? (idle.get("socrates-db, nothing to do")?.cpuMs ?? 0) : 0;
    return cpu === undefined ? undefined : ((cpu - start) * 1000) / length;
  };
  const [ours_, theirs] = [perMigration("socrates-db"), perMigration("dbmate")];
  const aims: Aim[] = [
    ...(ours_ === undefined || theirs === undefined
      ? []
      : [atMost("client CPU for a migration / dbmate's", ours_ / theirs, 0.5)]),
    ...(bare === undefined
      ? []
      : [
          atMost(
            "nothing to do / bare node",
            (idle.get("socrates-db, nothing to do")?.wallMs ?? Number.NaN) / bare.wallMs,
            4,
          ),
        ]),
  ];
  const notes = [...up.keys()].flatMap((name) => {
    const cost = perMigration(name);
    return cost === undefined
      ? []
      : [`${name}: ${cost.toFixed(0)} microseconds of client CPU for a migration`];
  });
  return tableOf(
    `${length.toLocaleString("en")} migrations of one database`,
    new Map([...up, ...idle]),
    aims,
    notes,
  );
}

/** Long chains of one table each: from empty, and with nothing to do. */
export const chains: BenchCase = {
  name: "chains",
  run: async (context) => {
    const tables: Table[] = [];
    for (const length of lengths) {
      context.say(`chains: ${length}`);
      tables.push(await one(context, length));
    }
    return tables;
  },
};
