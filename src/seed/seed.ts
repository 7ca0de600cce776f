import { SocratesError } from "../errors.ts";
import { withDatabases } from "../project/open.ts";
import { checkWritable } from "../project/preflight.ts";
import { type ReportedTarget, reportedTarget } from "../project/reported-target.ts";
import type { Workspace } from "../project/workspace.ts";
import { checkNoPooler } from "../runner/atomic.ts";
import type { RunSettings } from "../runner/settings.ts";
import { interrupted, rollBack } from "../runner/transaction.ts";
import { type LockedDatabase, withLocks } from "../runner/with-locks.ts";
import type { ShadowOptions } from "../shadow/cache.ts";
import { migrationSources, shadowOptions } from "../sources/of-workspace.ts";
import type { Sources } from "../sources/source.ts";
import { checkLocal, checkMigrated, checkPresent, type Mode, type Surveyed, survey } from "./checks.ts";
import { commitAll } from "./commit.ts";
import { checkUndrifted } from "./drift.ts";
import type { SeedEvent } from "./events.ts";
import { type Target, targetOf } from "./live-tables.ts";
import { failure, loadDatabase } from "./load.ts";
import type { Run } from "./population.ts";
import { seededTables } from "./tables/index.ts";
import { password, personOf } from "./tables/people.ts";

/** Rows per user, over all tables: a measured average, for estimates. */
const rowsPerUser = 275;

/** From this number of users, recreating indexes and foreign keys is faster than keeping them up to date. */
const rebuildFrom = 300;

export interface SeedOptions extends Omit<RunSettings, "report"> {
  readonly seed: number;
  readonly users: number;
  readonly mode: Mode;
  readonly allowRemote: boolean;
  /** Called before rows are deleted, with their number. */
  readonly confirm: (rows: number) => Promise<void>;
  readonly report: (event: SeedEvent) => void;
}

/** The result for one database. */
export interface SeededDatabase {
  readonly key: string;
  readonly target: ReportedTarget;
  /** By table, in the order in which they were filled. */
  readonly rows: ReadonlyMap<string, number>;
  /** Existing tables that stay empty, with the reason. */
  readonly left: readonly { readonly table: string; readonly reason: string }[];
}

export interface SeedResult {
  readonly run: Run;
  /** Rows that `--reset` deleted. */
  readonly removed: number;
  /** A login: the first user of the run. */
  readonly login: { readonly email: string; readonly password: string };
  readonly databases: readonly SeededDatabase[];
}

/** One database with the tables to fill. */
interface Job {
  readonly database: LockedDatabase;
  readonly surveyed: Surveyed;
  readonly targets: readonly Target[];
  readonly left: SeededDatabase["left"];
}

const knownNames: ReadonlySet<string> = new Set(seededTables.map(({ name }) => name));
/** Each table before those that it refers to. */
const inReverse = seededTables.map(({ name }) => name).reverse();

function planJob(database: LockedDatabase, surveyed: Surveyed, present: ReadonlySet<string>): Job {
  const live = new Map(surveyed.tables.map((table) => [table.name, table]));
  const targets: Target[] = [];
  const left: { table: string; reason: string }[] = [];
  for (const table of seededTables) {
    const found = live.get(table.name);
    if (found === undefined) continue;
    const missing = table.refersTo.find((name) => !present.has(name));
    if (missing === undefined) targets.push(targetOf(database.session, table, found));
    else left.push({ table: table.name, reason: `it refers to ${missing}, which does not exist yet` });
  }
  for (const { name } of surveyed.tables)
    if (!knownNames.has(name)) left.push({ table: name, reason: "seed does not know this table" });
  return { database, surveyed, targets, left };
}

/** The first ordinal of this run: after those of all runs recorded in any of the databases. */
function firstUser(jobs: readonly Job[], mode: Mode): number {
  if (mode !== "append") return 0;
  const ends = jobs.flatMap(({ surveyed }) => surveyed.record.map(({ first, users }) => first + users));
  return Math.max(0, ...ends);
}

/** Loads all databases side by side; if one fails, all are rolled back. */
async function loadAll(jobs: readonly Job[], run: Run, options: SeedOptions): Promise<SeededDatabase[]> {
  const { mode, signal } = options;
  // A failure in one database also ends the others, as their rows would be rolled back anyway.
  const stop = new AbortController();
  // Not AbortSignal.any, which came with Node 20.3.
  const follow = () => stop.abort(signal.reason);
  if (signal.aborted) follow();
  else signal.addEventListener("abort", follow, { once: true });
  const stopping = stop.signal;
  const cancel = () => void Promise.all(jobs.map(({ database }) => database.session.cancel()));
  const results = await Promise.allSettled(
    jobs.map(async ({ database, surveyed, targets, left }) => {
      const filled = surveyed.tables.filter(({ name }) => knownNames.has(name)).map(({ name }) => name);
      const isReferredTo = surveyed.outside.length > 0;
      const rebuild = mode !== "append" && run.users >= rebuildFrom;
      try {
        const rows = await loadDatabase({
          ...options,
          session: database.session,
          run,
          targets,
          empty: (mode === "reset" || rebuild) && !isReferredTo ? filled : [],
          clear: mode === "reset" && isReferredTo ? inReverse.filter((name) => filled.includes(name)) : [],
          adds: mode === "append",
          rebuild,
          signal: stopping,
        });
        return { key: database.key, target: reportedTarget(database.session.target), rows, left };
      } catch (error) {
        const known = failure(database.session, "it cannot be filled", error, stopping);
        if (!stop.signal.aborted) {
          stop.abort();
          cancel();
        }
        throw known;
      }
    }),
  );
  const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  const isCause = (error: unknown) => !(error instanceof SocratesError && error.code === "interrupted");
  if (failures.length > 0) throw failures.find(isCause) ?? failures[0];
  await commitAll(
    jobs.map(({ database }) => database),
    run,
    signal,
  );
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

/** @param expected what the migrations create */
async function seedLocked(
  locked: readonly LockedDatabase[],
  expected: Sources,
  options: SeedOptions,
  shadow: ShadowOptions,
): Promise<SeedResult> {
  const { mode, seed, users } = options;
  const surveys = await Promise.all(
    locked.map((database) =>
      survey(database, mode, () => {
        if (options.signal.aborted) throw interrupted();
      }).catch((error: unknown) => {
        throw failure(database.session, "it cannot be read", error, options.signal);
      }),
    ),
  );
  for (const database of locked) {
    const source = expected.get(database.key);
    if (source === undefined) throw new Error(`nothing is expected of ${database.key}`);
    await checkUndrifted(database, source, shadow);
  }
  const present = new Set(surveys.flatMap(({ tables }) => tables.map(({ name }) => name)));
  const jobs = locked.flatMap((database, i) => {
    const surveyed = surveys[i];
    return surveyed === undefined ? [] : [planJob(database, surveyed, present)];
  });
  if (jobs.every(({ targets }) => targets.length === 0))
    throw new SocratesError("table-unknown", "seed cannot fill any of the tables", {
      hint: "seed fills only the tables of this package's own migrations.",
    });
  const removed =
    mode === "reset" ? surveys.flatMap(({ counts }) => [...counts.values()]).reduce((a, b) => a + b, 0) : 0;
  if (removed > 0) await options.confirm(removed);
  const run: Run = { seed, first: firstUser(jobs, mode), users };
  options.report({ kind: "begin", expected: users * rowsPerUser });
  try {
    const login = { email: personOf(seed, run.first).email, password };
    return { run, removed, login, databases: await loadAll(jobs, run, options) };
  } catch (error) {
    await Promise.all(locked.map(({ session }) => rollBack(session, error)));
    throw error;
  }
}

/**
 * Fills the databases with consistent sample rows: one transaction each, committed when all are done.
 * @throws SocratesError; everything was rolled back then, unless it says otherwise
 */
export async function seed(workspace: Workspace, options: SeedOptions): Promise<SeedResult> {
  const { databases } = workspace.project;
  checkLocal(databases, options.allowRemote);
  checkPresent(databases);
  const shadow = shadowOptions(workspace);
  const expected = await migrationSources(workspace, shadow);
  return withDatabases(databases, "seed", async (open) => {
    checkMigrated(open);
    for (const { session, info } of open) checkWritable(session, info);
    checkNoPooler(open);
    const settings: RunSettings = {
      ...options,
      report: (event) => {
        if (event.kind === "waiting") options.report(event);
      },
    };
    return withLocks(open, settings, { plan: () => [], check: async () => {} }, (locked) =>
      seedLocked(locked, expected, options, shadow),
    );
  });
}
