import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres from "postgres";
import type { TestProject } from "vitest/node";
import { cacheVariable, runCli } from "./cli.ts";
import { chooseLane } from "./lanes/choose.ts";
import { filesWithPassword, watchActivity } from "./secrets.ts";
import { withDatabase } from "./url.ts";

declare module "vitest" {
  interface ProvidedContext {
    server: ServerFacts;
    /** Folder of migrated embedded databases. */
    embeddedTemplate: string;
  }
}

export interface ServerFacts {
  readonly url: string;
  /** As `server_version_num`. */
  readonly version: number;
  readonly hasVector: boolean;
  /** Names of migrated databases, by key. */
  readonly templates: Readonly<Record<string, string>>;
}

/** The last phase that a server can reach without pgvector. */
export const lastPhaseWithoutVector = 4;

async function expectClean(label: string, result: Awaited<ReturnType<typeof runCli>>): Promise<void> {
  if (result.exitCode !== 0)
    throw new Error(`${label} cannot be prepared:\n${result.stdout}${result.stderr}`);
}

async function prepareServer(url: string): Promise<ServerFacts> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const [facts] = await sql<{ version: number; hasVector: boolean }[]>`
      SELECT current_setting('server_version_num')::int AS version,
        EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') AS "hasVector"`;
    const { version = 0, hasVector = false } = facts ?? {};
    const templates = {
      auth: `sdb_template_auth_${process.pid}`,
      specs: `sdb_template_specs_${process.pid}`,
    };
    for (const name of Object.values(templates)) await sql.unsafe(`CREATE DATABASE ${name}`);
    const env = {
      DATABASE_URL_AUTH: withDatabase(url, templates.auth),
      DATABASE_URL_SPECS: withDatabase(url, templates.specs),
    };
    await expectClean(
      "the template databases",
      await runCli(["migrate", ...(hasVector ? [] : ["--phase", String(lastPhaseWithoutVector)])], {
        env,
        spawn: true,
      }),
    );
    return { url, version, hasVector, templates };
  } finally {
    await sql.end();
  }
}

async function dropDatabases(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const rows = await sql<
      { name: string }[]
    >`SELECT datname AS name FROM pg_database WHERE datname LIKE ${`sdb\\_%\\_${process.pid}`}`;
    for (const { name } of rows) await sql.unsafe(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  } finally {
    await sql.end();
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const lane = await chooseLane(say);
  const folder = mkdtempSync(path.join(tmpdir(), "socrates-db-template-"));
  process.env[cacheVariable] = path.join(folder, "cache");
  try {
    const [facts] = await Promise.all([
      prepareServer(lane.url),
      runCli(["migrate"], { cwd: folder, spawn: true }).then((result) =>
        expectClean("the embedded template", result),
      ),
      // Caches the schemas of the document and of the chains, which every worker would otherwise create.
      runCli(["verify", "phases"], { cwd: folder }).then((result) => expectClean("the schemas", result)),
    ]);
    say(`embedded lane: PGlite`);
    say(`server lane: ${lane.description}, PostgreSQL ${Math.floor(facts.version / 10000)}`);
    say(
      facts.hasVector
        ? "server lane: pgvector is there, all phases are tested"
        : `server lane: no pgvector, so tests of phases 5 and 6 run on the embedded lane alone, and the server must refuse them`,
    );
    project.provide("server", facts);
    project.provide("embeddedTemplate", path.join(folder, ".socrates-db"));
  } catch (error) {
    await lane.stop();
    throw error;
  }
  const activity = watchActivity(lane.url);
  return async () => {
    const { looks, leaks } = await activity.stop();
    const files = filesWithPassword(folder);
    await dropDatabases(lane.url);
    await lane.stop();
    rmSync(folder, { recursive: true, force: true });
    if (looks === 0) say("pg_stat_activity was never checked");
    if (leaks.length > 0) say(`pg_stat_activity has shown a password:\n${leaks.join("\n")}`);
    if (files.length > 0) say(`files that commands keep hold a password:\n${files.join("\n")}`);
    // Vitest continues after an error that is thrown here.
    if (looks === 0 || leaks.length > 0 || files.length > 0) process.exitCode = 1;
  };
}

/** Copies the migrated embedded databases to a folder. */
export function copyTemplate(template: string, to: string): void {
  if (!existsSync(template)) throw new Error(`${template} is missing`);
  cpSync(template, to, { recursive: true });
}
