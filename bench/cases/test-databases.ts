import path from "node:path";
import { PostgreSqlContainer } from "@testcontainers/postgresql";
import type { createTestDatabases as Create } from "../../src/index.ts";
import { atMost, type BenchCase, type BenchContext, tableOf } from "../case.ts";
import { measure, type Sample } from "../measure.ts";
import { root, tool } from "../tool.ts";

const image = "pgvector/pgvector:pg17";

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - started) / 1e6;
}

function median(values: readonly number[]): Sample {
  const sorted = [...values].sort((a, b) => a - b);
  return { wallMs: sorted[sorted.length >> 1] ?? 0, cpuMs: undefined, peakMb: undefined };
}

/** How long a container takes until it accepts connections; undefined without Docker. */
async function containerStart(): Promise<number | undefined> {
  try {
    const started = process.hrtime.bigint();
    const container = await new PostgreSqlContainer(image).start();
    const time = Number(process.hrtime.bigint() - started) / 1e6;
    await container.stop();
    return time;
  } catch {
    return undefined;
  }
}

/** A migrated database on the server, to copy. */
async function makeTemplate({ server, folder }: BenchContext): Promise<void> {
  await server.recreate("bench_template", "bench_copy");
  const url = server.url("bench_template");
  const migrate = tool(["migrate", "--quiet", "--builtin", "--database", "auth", "--auth-url", url], {
    cwd: folder,
  });
  await measure([migrate]);
}

/** Test databases: until the first two are migrated and seeded, and a reset of both after a test has changed them. */
export const testDatabases: BenchCase = {
  name: "test-databases",
  run: async (context) => {
    const { folder, server, runs } = context;
    const { createTestDatabases }: { createTestDatabases: typeof Create } = await import(
      path.join(root, "dist/index.js")
    );
    const create = () =>
      createTestDatabases({ builtin: true, cwd: folder, env: {}, seed: { users: 3, seed: 1 } });
    await makeTemplate(context);
    const first: number[] = [];
    const resets: number[] = [];
    const copies: number[] = [];
    for (let round = 0; round <= runs; round++) {
      const started = process.hrtime.bigint();
      const test = await create();
      first.push(Number(process.hrtime.bigint() - started) / 1e6);
      for (const { sql } of Object.values(test.databases))
        await sql.unsafe("CREATE TABLE extra (id int); INSERT INTO extra SELECT generate_series(1, 1000)");
      resets.push(await timed(() => test.reset()));
      await test.close();
      copies.push(
        await timed(async () => {
          await server.run("postgres", "DROP DATABASE bench_copy");
          await server.run("postgres", "CREATE DATABASE bench_copy TEMPLATE bench_template");
        }),
      );
    }
    const container = await containerStart();
    const samples = new Map([
      ["first two databases, migrated and seeded", median(first.slice(1))],
      ["reset of both", median(resets.slice(1))],
      ["one copy of a template on the server", median(copies.slice(1))],
      ...(container === undefined
        ? []
        : [[`start of a container of ${image}`, median([container])] as const]),
    ]);
    const ms = (name: string) => samples.get(name)?.wallMs ?? 0;
    const reset = ms("reset of both") / ms("one copy of a template on the server");
    const notes =
      container === undefined
        ? ["Docker is not available, so that no container was started."]
        : [
            `First two databases / start of a container: ${(ms("first two databases, migrated and seeded") / container).toFixed(2)}.`,
          ];
    return [
      tableOf("Test databases", samples, [atMost("reset of both / one copy of a template", reset, 1)], notes),
    ];
  },
};
