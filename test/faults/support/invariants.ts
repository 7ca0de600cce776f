import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { embeddedExists } from "../../../src/database/embedded/directory.ts";
import type { Session } from "../../../src/database/session.ts";
import {
  errorOf,
  keys,
  keysOf,
  ledgers,
  reachable,
  tables,
  thirdChain,
  until,
  type Written,
} from "../../runner/helpers.ts";
import { ofApplication } from "../../support/application.ts";
import type { CliOptions, CliResult } from "../../support/cli.ts";
import { password } from "../../support/lanes/lane.ts";
import { type EngineName, lastPhase, makePlace, type Place } from "../../support/place.ts";
import { refusal } from "../../support/refusal.ts";
import { refuseSecrets } from "../../support/secrets.ts";
import { connectTo } from "../../support/session.ts";

/** The target of a pair of databases, and their schemas on the way. */
export interface Truth {
  /** Numbers of the whole chains, by database. */
  readonly whole: Readonly<Record<string, readonly number[]>>;
  /** The schema of a database with these migrations, in a comparable form. */
  expected(key: string, applied: readonly number[]): Promise<unknown>;
  /** The same for a live database. */
  actual(place: Place, key: string): Promise<unknown>;
}

const listing = readFileSync(path.resolve(import.meta.dirname, "../../fixtures/schema-listing.sql"), "utf8");

async function schemasOnTheWay(engine: EngineName): Promise<Map<string, unknown>> {
  const place = await makePlace(engine);
  try {
    const schemas = new Map<string, unknown>();
    const read = async (key: string, count: number) =>
      schemas.set(`${key} ${count}`, await place.query(key, listing));
    const numbers = Object.values(reachable(engine))
      .flat()
      .sort((a, b) => a - b);
    for (const number of numbers) {
      const [key = ""] = keys.filter((one) => reachable(engine)[one]?.includes(number));
      expect((await place.run(["migrate", "--to", String(number)])).exitCode).toBe(0);
      await read(key, reachable(engine)[key]?.indexOf(number) ?? 0);
    }
    return schemas;
  } finally {
    await place.dispose();
  }
}

const known = new Map<EngineName, Promise<Map<string, unknown>>>();

/** The project's own chains, as far as an engine can apply them, and the schema after each migration. */
export function ownChains(engine: EngineName): Truth {
  const source: EngineName = lastPhase("server") < lastPhase(engine) ? "embedded" : "server";
  const schemas = known.get(source) ?? schemasOnTheWay(source);
  known.set(source, schemas);
  return {
    whole: reachable(engine),
    expected: async (key, applied) =>
      applied.length === 0 ? undefined : (await schemas).get(`${key} ${applied.length - 1}`),
    actual: async (place, key) =>
      (await tables(place, key)).length === 0 ? undefined : place.query(key, listing),
  };
}

/** Test chains, in which migration N creates the table tN or none. */
export function tableChains(chains: Readonly<Record<string, readonly Written[]>>): Truth {
  const all = ofApplication(chains, thirdChain);
  const makes = new Map(
    Object.values(all)
      .flat()
      .map(({ number, up }) => [number, up.includes(`CREATE TABLE t${number} `)]),
  );
  return {
    whole: Object.fromEntries(
      Object.entries(all).map(([key, migrations]) => [key, migrations.map(({ number }) => number)]),
    ),
    expected: async (_, applied) =>
      applied
        .filter((number) => makes.get(number))
        .map((number) => `t${number}`)
        .sort(),
    actual: (place, key) => tables(place, key),
  };
}

/** A place whose queries share one session for each database: opening an embedded one takes longer than the query. */
async function withOpen<T>(place: Place, work: (place: Place) => Promise<T>): Promise<T> {
  const sessions = new Map<string, Session>();
  try {
    for (const key of keysOf(place)) sessions.set(key, await connectTo(place, key));
    return await work({
      ...place,
      query: (key, sql) => sessions.get(key)?.run(sql) ?? Promise.reject(new Error(`no database ${key}`)),
    });
  } finally {
    await Promise.all([...sessions.values()].map((session) => session.close()));
  }
}

/** Follows the history of a database from its first entry to the currently applied migrations. */
async function replay(place: Place, key: string): Promise<number[]> {
  const rows = await place.query<{ action: string; number: number }>(
    key,
    "SELECT action, number FROM socrates_db.history ORDER BY id",
  );
  const applied = new Set<number>();
  for (const { action, number } of rows) {
    if (action === "apply") expect(applied, `${key}: ${number} was applied twice`).not.toContain(number);
    if (action === "rollback") expect(applied, `${key}: ${number} was rolled back again`).toContain(number);
    if (action === "apply") applied.add(number);
    if (action === "rollback") applied.delete(number);
  }
  return [...applied].sort((a, b) => a - b);
}

/**
 * Invariant A: each ledger is a prefix of its chain and matches the history, and the schema is that of its
 * migrations.
 * @returns the ledgers
 */
export async function expectAgreement(
  closed: Place,
  truth: Truth,
  context = "",
): Promise<Record<string, number[]>> {
  // Reading an embedded database that does not exist would create it.
  const keys = keysOf(closed);
  const made = Object.entries(closed.targets).filter(
    ([key, target]) =>
      keys.includes(key) &&
      (target.kind === "server" || target.directory === null || embeddedExists(target.directory)),
  );
  if (made.length < keys.length) return Object.fromEntries(keys.map((key) => [key, []]));
  return withOpen(closed, async (place) => {
    const found = await ledgers(place);
    for (const key of keys) {
      const applied = found[key] ?? [];
      const what = `${context} ${key}`;
      expect(applied, `${what}: prefix`).toEqual(truth.whole[key]?.slice(0, applied.length));
      if (applied.length > 0) expect(await replay(place, key), `${what}: history`).toEqual(applied);
      expect(await truth.actual(place, key), `${what}: schema`).toEqual(await truth.expected(key, applied));
    }
    return found;
  });
}

/** Invariant R: a plain second run reaches the head, with each migration once, and A holds. */
export async function expectRecovery(
  place: Place,
  truth: Truth,
  args: readonly string[] = ["migrate"],
  context = "",
): Promise<void> {
  const result = await place.run(args, { spawn: true });
  expect(result, `${context}\n${result.stderr}`).toMatchObject({ exitCode: 0 });
  expect(await expectAgreement(place, truth, context)).toEqual(truth.whole);
}

const everything = `
SELECT 'class ' || n.nspname || '.' || c.relname || ' ' || c.relkind::text AS entry FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname !~ '^(pg_|information_schema)'
UNION ALL SELECT 'column ' || a.attrelid::regclass || '.' || a.attname || ' ' || a.atttypid::regtype FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE a.attnum > 0 AND n.nspname !~ '^(pg_|information_schema)'
UNION ALL SELECT 'function ' || p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname !~ '^(pg_|information_schema)'
UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname FROM pg_constraint WHERE conrelid <> 0
UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname !~ '^pg_(toast|temp)'
UNION ALL SELECT 'extension ' || extname || ' ' || extversion FROM pg_extension`;

const ledgerRows = `SELECT 'row ' || m::text AS entry FROM socrates_db.migrations m
UNION ALL SELECT 'history ' || h::text FROM socrates_db.history h`;

/** Everything that a run could change in the databases of a place, including ledgers. */
export function contentOf(closed: Place): Promise<Record<string, readonly string[]>> {
  return withOpen(closed, async (place) => {
    const content: Record<string, readonly string[]> = {};
    for (const key of keysOf(place)) {
      const rows = await place.query<{ entry: string }>(key, everything);
      const hasLedger = rows.some(({ entry }) => entry.startsWith("class socrates_db.history "));
      const ledger = hasLedger ? await place.query<{ entry: string }>(key, ledgerRows) : [];
      content[key] = [...rows, ...ledger].map(({ entry }) => entry).sort();
      refuseSecrets(`the database ${key}`, content[key].join("\n"), [password]);
    }
    return content;
  });
}

/** How long a failing command may take, in milliseconds; tests of a silent server set their own. */
const deadline = 180_000;

export async function inTime<T>(work: Promise<T>, milliseconds = deadline): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${milliseconds / 1000} s`)), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Invariants X, S, O and N: a command is refused in time, with one cause and one hint, and changes nothing. */
export async function expectRefused(
  place: Place,
  args: readonly string[] = ["migrate"],
  options: CliOptions = {},
): Promise<{ code: string; text: string }> {
  const before = await contentOf(place);
  const refused = await inTime(refusal(place, args, options));
  expect(await contentOf(place)).toEqual(before);
  return refused;
}

/** Invariants X and O of a finished command, whatever it may have changed. @returns its error */
export function expectFailure(result: CliResult): ReturnType<typeof errorOf> {
  const { exitCode, stdout, stderr } = result;
  expect([2, 3], stderr).toContain(exitCode);
  expect(stderr).not.toMatch(/^\s+at |unexpected error|Unhandled|Uncaught/m);
  expect(stderr.match(/^error: .+$/gm)).toHaveLength(1);
  expect(stderr.match(/^hint: .+$/gm)).toHaveLength(1);
  if (stdout === "") return {};
  const error = errorOf(result);
  expect(error).toMatchObject({
    code: expect.anything(),
    message: expect.anything(),
    hint: expect.anything(),
  });
  return error;
}

/** Waits until the servers of a place have no session of the program left: only then nothing can change any more. */
export async function untilAlone(place: Place): Promise<void> {
  if (place.engine === "embedded") return;
  const own = "datname = current_database() AND application_name LIKE 'socrates-db%'";
  for (const key of keysOf(place))
    await until(`no session of the program is left on ${key}`, async () => {
      const rows = await place.query(key, `SELECT FROM pg_stat_activity WHERE ${own}`);
      return rows.length === 0;
    });
}
