import type { ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import postgres from "postgres";
import { expect } from "vitest";
import { databases } from "../../src/databases.ts";
import { readChain } from "../../src/migrations/files.ts";
import { ofApplication } from "../support/application.ts";
import type { CliOptions, CliResult } from "../support/cli.ts";
import { type EngineName, lastPhase, type Place } from "../support/place.ts";

export const keys = databases.map(({ key }) => key);

/** The keys of the chains that were written, by the folder of their place. */
const written = new Map<string, string[]>();

/** The keys of the databases of a place: those of its own chains, or the default ones. */
export function keysOf({ folder }: Pick<Place, "folder">): string[] {
  return written.get(folder) ?? keys;
}

/** A migration as a test writes it. */
export interface Written {
  readonly number: number;
  readonly phase: number;
  readonly up: string;
  readonly down?: string;
  readonly noTransaction?: boolean;
}

/** A migration that creates one table, named after its number, and drops it again. */
export function table(number: number, phase: number): Written {
  return { number, phase, up: `CREATE TABLE t${number} (id int);`, down: `DROP TABLE t${number};` };
}

/** The chain of the third database of an application. */
export const thirdChain: readonly Written[] = [table(901, 0), table(902, 1)];

/** Writes test chains, and the configuration with them, to the folder of a place. */
export function writeChains(place: Place, chains: Readonly<Record<string, readonly Written[]>>): void {
  const settings: Record<string, { migrations: string; name: string; urlVariable: string }> = {};
  const all = ofApplication(chains, thirdChain);
  written.set(place.folder, Object.keys(all));
  for (const [key, migrations] of Object.entries(all)) {
    const folder = path.join(place.folder, key);
    mkdirSync(folder, { recursive: true });
    const { name = key, urlVariable = "" } = place.databases.find((one) => one.key === key) ?? {};
    settings[key] = { migrations: folder, name, urlVariable };
    for (const migration of migrations) writeMigration(place, key, migration);
  }
  writeFileSync(path.join(place.folder, "socrates-db.config.json"), JSON.stringify({ databases: settings }));
}

/** Writes one migration, and replaces an existing one. */
export function writeMigration(place: Place, key: string, migration: Written): void {
  const { number, phase, up, down, noTransaction = false } = migration;
  const name = path.join(place.folder, key, `${String(number).padStart(3, "0")}_m${number}`);
  const mode = noTransaction ? "-- socrates-db: no-transaction\n" : "";
  writeFileSync(`${name}.sql`, `-- socrates-db: phase ${phase}\n${mode}${up}\n`);
  if (down !== undefined) writeFileSync(`${name}.down.sql`, `${mode}${down}\n`);
}

/** Numbers of the project's own migrations up to the last phase that an engine can reach here. */
export function reachable(engine: EngineName): Record<string, number[]> {
  const own = databases.map(({ key }) => {
    const { migrations } = readChain(key, path.resolve("migrations", key));
    return [key, migrations.filter(({ phase }) => phase <= lastPhase(engine)).map(({ number }) => number)];
  });
  return Object.fromEntries(own);
}

/** The command that migrates as far as an engine can here. */
export function migrateAll(engine: EngineName): string[] {
  return ["migrate", "--phase", String(lastPhase(engine))];
}

/** SQLSTATEs of a missing table or schema. */
const missing: readonly unknown[] = ["42P01", "3F000"];

/** Numbers in the ledgers, by database; empty without a ledger. */
export async function ledgers(place: Place): Promise<Record<string, number[]>> {
  const query = "SELECT number FROM socrates_db.migrations ORDER BY number";
  const found = keysOf(place).map(async (key) => {
    const rows = await place.query<{ number: number }>(key, query).catch((error: unknown) => {
      if (error instanceof Error && "code" in error && missing.includes(error.code)) return [];
      throw error;
    });
    return [key, rows.map(({ number }) => number)] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}

/** The history of one database as `action number`, in order. */
export async function history(place: Place, key: string): Promise<string[]> {
  const rows = await place.query<{ entry: string }>(
    key,
    "SELECT action || ' ' || number AS entry FROM socrates_db.history ORDER BY id",
  );
  return rows.map(({ entry }) => entry);
}

/** Names of the tables in `public`, sorted. */
export async function tables(place: Place, key: string): Promise<string[]> {
  const rows = await place.query<{ name: string }>(
    key,
    `SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname COLLATE "C"`,
  );
  return rows.map(({ name }) => name);
}

/** Checks that every ledger is a prefix of its chain, and that the table of each migration in it exists. */
export async function expectPrefix(place: Place, whole: Readonly<Record<string, number[]>>): Promise<void> {
  for (const [key, numbers] of Object.entries(await ledgers(place)))
    expect(numbers, key).toEqual(whole[key]?.slice(0, numbers.length));
}

/** The error that a command with `--format json` has reported. */
export function errorOf({ stdout }: CliResult): { code?: string; message?: string; hint?: string } {
  return JSON.parse(stdout).error ?? {};
}

/** Waits until a condition holds. @throws Error after the deadline, so that no test hangs */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  deadline = 180_000,
): Promise<void> {
  const end = performance.now() + deadline;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`still not so after ${deadline / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const children = new Set<ChildProcess>();
// A command that a failed test has left behind would run forever.
process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

/** A running command. */
export interface Running {
  readonly child: ChildProcess;
  readonly result: Promise<CliResult>;
  /** Waits for a text on its stderr. */
  says(text: string): Promise<void>;
}

/** Starts a command without waiting for its end. */
export function start(place: Place, args: readonly string[], options: CliOptions = {}): Running {
  const started: { child?: ChildProcess } = {};
  let said = "";
  let over = false;
  const result = place.run(args, {
    ...options,
    onStart: (child) => {
      started.child = child;
      children.add(child);
      child.once("exit", () => children.delete(child));
      child.stderr?.on("data", (text: string) => {
        said += text;
      });
    },
  });
  void result.then(() => {
    over = true;
  });
  const { child } = started;
  if (child === undefined) throw new Error("the command did not start");
  return {
    child,
    result,
    says: async (text) => {
      await until(`"${text}" on standard error`, () => said.includes(text) || over);
      if (!said.includes(text)) throw new Error(`ended without saying "${text}":\n${said}`);
    },
  };
}

/** A separate session of a test on a server database, which can keep a transaction open and sees all others. */
export interface Rival {
  /** Runs SQL in the session; a transaction stays open. */
  run(sql: string): Promise<postgres.RowList<postgres.Row[]>>;
  /** Waits until a session of the program is blocked by a lock. */
  untilBlocked(): Promise<void>;
  /** Waits until one is blocked by a lock on this table. */
  untilBlockedOn(table: string): Promise<void>;
  /** Waits until one is blocked by the gate; see `closeGate`. */
  untilAtGate(): Promise<void>;
  /** Waits until any session is blocked by the runner's advisory lock. */
  untilAdvisoryBlocked(): Promise<void>;
  /** Waits until a session of the program is in pg_sleep. */
  untilAsleep(): Promise<void>;
  /** Terminates the sessions of the program like an administrator; waits until one is in the state. */
  terminate(state: "active" | "idle" | "idle in transaction"): Promise<void>;
  /** Waits until the program has no session left. */
  untilAlone(): Promise<void>;
  close(): Promise<void>;
}

const ofProgram = "datname = current_database() AND application_name LIKE 'socrates-db%'";

/** SQL at which a migration waits, however long, while the gate of its database is closed; see `closeGate`. */
export const waitAtGate =
  "DO $gate$ BEGIN IF to_regclass('gate.gate') IS NOT NULL THEN PERFORM set_config('lock_timeout', '0', true); LOCK TABLE gate.gate; END IF; END $gate$;";

/** Closes the gate of a database until the transaction of the session ends: what a test does meanwhile may take long. */
export async function closeGate(rival: Rival): Promise<void> {
  await rival.run("CREATE SCHEMA IF NOT EXISTS gate; CREATE TABLE IF NOT EXISTS gate.gate ()");
  await rival.run("BEGIN; LOCK TABLE gate.gate");
}

/** @param application what the session calls itself */
export function openRival(place: Place, key: string, application = "rival"): Rival {
  const variable = databases.find((database) => database.key === key)?.urlVariable ?? "";
  const open = () =>
    postgres(place.env[variable] ?? "", {
      max: 1,
      onnotice: () => {},
      connection: { application_name: application },
    });
  const session = open();
  // A transaction sees a frozen pg_stat_activity, so checking it needs a separate connection.
  const eye = open();
  const some = async (condition: string) =>
    (await eye.unsafe(`SELECT FROM pg_stat_activity WHERE ${ofProgram} AND ${condition}`)).length > 0;
  const untilBlockedOn = (name: string) =>
    until(`a session of the program waits for ${name}`, () =>
      some(`pid IN (SELECT pid FROM pg_locks WHERE NOT granted AND relation = '${name}'::regclass)`),
    );
  return {
    run: (sql) => session.unsafe(sql).simple(),
    untilBlocked: () =>
      until("a session of the program waits for a lock", () => some("wait_event_type = 'Lock'")),
    untilBlockedOn,
    untilAtGate: () => untilBlockedOn("gate.gate"),
    untilAdvisoryBlocked: () =>
      until("a session waits for the advisory lock", async () => {
        const waiting = await eye.unsafe(
          "SELECT FROM pg_locks JOIN pg_database d ON d.oid = database WHERE NOT granted AND locktype = 'advisory' AND datname = current_database()",
        );
        return waiting.length > 0;
      }),
    untilAsleep: () => until("a session of the program sleeps", () => some("wait_event = 'PgSleep'")),
    terminate: (state) =>
      until(`a session of the program is ${state}`, async () => {
        const ended = await eye.unsafe(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${ofProgram} AND state = '${state}'`,
        );
        return ended.length > 0;
      }),
    untilAlone: () => until("no session of the program is left", async () => !(await some("true"))),
    close: async () => {
      await Promise.all([session.end({ timeout: 1 }), eye.end({ timeout: 1 })]);
    },
  };
}
