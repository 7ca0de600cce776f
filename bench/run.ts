import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import type { BenchCase, Table } from "./case.ts";
import { catalog } from "./cases/catalog.ts";
import { chains } from "./cases/chains.ts";
import { durations } from "./cases/durations.ts";
import { embedded } from "./cases/embedded.ts";
import { migrate } from "./cases/migrate.ts";
import { page } from "./cases/page.ts";
import { references } from "./cases/references.ts";
import { rehearse } from "./cases/rehearse.ts";
import { repair } from "./cases/repair.ts";
import { scripts } from "./cases/scripts.ts";
import { seed } from "./cases/seed.ts";
import { startup } from "./cases/startup.ts";
import { testDatabases } from "./cases/test-databases.ts";
import { findPeers } from "./peers/peers.ts";
import { markdownReport, textReport } from "./report.ts";
import { startServer } from "./server.ts";
import { root } from "./tool.ts";

const cases: readonly BenchCase[] = [
  startup,
  migrate,
  embedded,
  chains,
  catalog,
  references,
  seed,
  testDatabases,
  rehearse,
  durations,
  repair,
  scripts,
  page,
];

const usage = `Usage: npm run bench -- [case…] [--runs N] [--json FILE] [--markdown FILE]
Cases: ${cases.map(({ name }) => name).join(", ")} (default: all)
`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "7" },
    json: { type: "string" },
    markdown: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

const say = (line: string) => void process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  const unknown = positionals.filter((word) => !cases.some(({ name }) => name === word));
  const runs = Number(values.runs);
  if (values.help || unknown.length > 0 || !Number.isInteger(runs) || runs < 1) {
    say(unknown.length > 0 ? `no case ${unknown.join(", ")}\n${usage}` : usage);
    return values.help ? 0 : 2;
  }
  const chosen = positionals.length === 0 ? cases : cases.filter(({ name }) => positionals.includes(name));
  const folder = mkdtempSync(path.join(tmpdir(), "socrates-db-bench-"));
  const server = await startServer();
  try {
    const peers = findPeers(root, server.programs, say);
    const tables: Table[] = [];
    const failed: string[] = [];
    for (const { name, run } of chosen) {
      say(name);
      try {
        tables.push(...(await run({ server, peers, runs, folder, say })));
      } catch (error) {
        // The results of the other cases are kept.
        failed.push(`the case ${name}, which failed: ${error instanceof Error ? error.message : error}`);
        say(failed.at(-1) ?? "");
      }
    }
    const [cpu] = cpus();
    const report = {
      machine: `${cpus().length} cores, ${cpu?.model.trim() ?? process.arch}, Node ${process.versions.node}`,
      server: server.description,
      tables,
      missing: [...peers.missing, ...failed],
    };
    process.stdout.write(textReport(report));
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
    if (values.markdown !== undefined) writeFileSync(values.markdown, markdownReport(report));
    return failed.length > 0 ? 1 : 0;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
