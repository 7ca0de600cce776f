import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { databases } from "../../src/databases.ts";
import { type Aim, atMost, type BenchCase, type BenchContext, sampleOf, tableOf } from "../case.ts";
import { type Command, compare, type Sample } from "../measure.ts";
import type { Migrator, PlainMigration } from "../peers/migrator.ts";
import { bareNode, root, tool } from "../tool.ts";

/** The up files of a chain, as far as the server can go. */
function chainOf(folder: string, lastPhase: number): PlainMigration[] {
  const files = readdirSync(path.join(root, folder))
    .filter((file) => /^\d+_\w+\.sql$/.test(file))
    .sort();
  return files
    .map((file) => {
      const [, number = "", name = ""] = /^(\d+)_(\w+)\.sql$/.exec(file) ?? [];
      return { number: Number(number), name, sql: readFileSync(path.join(root, folder, file), "utf8") };
    })
    .filter(({ sql }) => Number(/^-- socrates-db: phase (\d+)/m.exec(sql)?.[1]) <= lastPhase);
}

function slug(name: string): string {
  return name.replace(/\W+/g, "_").replace(/_$/, "");
}

/** The databases of one tool: each has its own pair. */
function pairOf(name: string): string[] {
  return databases.map(({ key }) => `bench_${slug(name)}_${key}`);
}

/** A similar tool runs once for each database. */
function twoCalls(migrator: Migrator, { folder, server }: BenchContext, word: "up" | "status"): Command[] {
  const pair = pairOf(migrator.name);
  return databases.map(({ key }, i) =>
    migrator[word](path.join(folder, slug(migrator.name), key), server.url(pair[i] ?? "")),
  );
}

/** Ratios to similar tools with a target; a missing tool has no row. */
function against(
  samples: ReadonlyMap<string, Sample>,
  limits: readonly (readonly [peer: string, limit: number])[],
): Aim[] {
  return limits.flatMap(([peer, limit]) => {
    const other = samples.get(peer);
    return other === undefined
      ? []
      : [atMost(`socrates-db / ${peer}`, sampleOf(samples, "socrates-db").wallMs / other.wallMs, limit)];
  });
}

/** Both databases from empty to the head, nothing to do, and status: ours in one call, the others in two. */
export const migrate: BenchCase = {
  name: "migrate",
  run: async (context) => {
    const { server, peers, runs, folder, say } = context;
    const phase = String(server.hasVector ? 6 : 4);
    for (const migrator of peers.migrators)
      for (const { key, migrations } of databases)
        migrator.write(path.join(folder, slug(migrator.name), key), chainOf(migrations, Number(phase)));
    const own = pairOf("socrates-db");
    const env = Object.fromEntries(
      databases.map(({ urlVariable }, i) => [urlVariable, server.url(own[i] ?? "")]),
    );
    const ours = (...args: string[]) => [tool([...args, "--quiet"], { cwd: folder, env })];

    say("migrate: from empty");
    const up = await compare(
      [
        {
          name: "socrates-db",
          prepare: () => server.recreate(...own),
          commands: ours("migrate", "--phase", phase),
        },
        ...peers.migrators.map((migrator) => ({
          name: migrator.name,
          prepare: () => server.recreate(...pairOf(migrator.name)),
          commands: twoCalls(migrator, context, "up"),
        })),
      ],
      runs,
    );
    // From here every tool uses its own databases as it left them.
    const idle = async (word: "up" | "status", args: readonly string[]) => {
      const samples = await compare(
        [
          { name: "node -e 0", commands: [bareNode] },
          { name: "socrates-db", commands: ours(...args) },
          ...peers.migrators.map((migrator) => ({
            name: migrator.name,
            // psql has no ledger to read.
            commands: twoCalls(migrator, context, migrator.name === "psql -1" ? "status" : word),
          })),
        ],
        runs * 2,
      );
      return {
        samples,
        aims: against(samples, [
          ["node -e 0", 2.5],
          ["dbmate", 1.1],
        ]),
      };
    };
    say("migrate: nothing to do");
    const nothing = await idle("up", ["migrate", "--phase", phase]);
    say("migrate: status");
    const status = await idle("status", ["status"]);
    return [
      tableOf(
        `Both databases from empty to phase ${phase}`,
        up,
        against(up, [
          ["psql -1", 1],
          ["sql-migrate", 0.9],
          ["dbmate", 0.75],
        ]),
      ),
      tableOf("Nothing to do, both databases", nothing.samples, nothing.aims),
      tableOf("Status of both databases", status.samples, status.aims),
    ];
  },
};
