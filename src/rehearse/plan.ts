import path from "node:path";
import { isServerError } from "../database/server-error.ts";
import type { Session } from "../database/session.ts";
import { SocratesError } from "../errors.ts";
import { emptyLedger } from "../ledger/ledger.ts";
import { readDirectives } from "../migrations/directives.ts";
import type { MigrationFile } from "../migrations/files.ts";
import { checkLimit, type Limit, planFiles, planUp } from "../migrations/plan.ts";
import { checkChain, compareChain, type MigrationStatus } from "../migrations/validate.ts";
import { type DatabaseInput, isAbsent, type OpenDatabase, withDatabases } from "../project/open.ts";
import type { Workspace } from "../project/workspace.ts";
import { displayPath, readSource, type SourceFile } from "../sql/source-file.ts";
import { type ReadStatistics, readStatistics } from "../statistics/read.ts";
import { settingsOf } from "./session-settings.ts";
import { oldestMaintained } from "./version-rules.ts";

/** Which files are rehearsed: the pending ones, those after a number, or the given ones. */
export interface RehearsalScope {
  readonly phase?: number | undefined;
  /** The last migration. */
  readonly to?: number | undefined;
  /** The last migration that counts as applied; no database is asked then. */
  readonly since?: number | undefined;
  /** Paths of SQL files, which need not be migrations of a chain. */
  readonly files?: readonly string[] | undefined;
  /** Path of a statistics file; without one, a server that is asked anyway tells its sizes. */
  readonly stats?: string | undefined;
  /** Whether a server is asked for its sizes: by default it is. */
  readonly asksForSizes?: boolean;
  /** Whether the servers are asked for their version and settings where `since` or files are given: by default they are. */
  readonly asksTargets?: boolean;
}

/** A file to rehearse. */
export interface RehearsedFile {
  readonly database: string;
  readonly source: SourceFile;
  readonly noTransaction: boolean;
  /** Undefined for a file outside of the chain. */
  readonly migration?: MigrationFile;
}

/** What is rehearsed for one database. */
export interface RehearsalPlan {
  readonly key: string;
  /** The migrations that make the schema before. */
  readonly base: readonly MigrationFile[];
  readonly files: readonly RehearsedFile[];
  /** `server_version_num` of the target; undefined for the version of the shadow. */
  readonly version: number | undefined;
  /** Where the version is from. */
  readonly versionOf: "target" | "oldest";
  /** `SET LOCAL` statements for the session settings of the target. */
  readonly settings: string;
  /** The sizes that a server has told; undefined if none was asked, or another part of its chain is rehearsed. */
  readonly live: TargetStatistics | undefined;
  /** Why a server that was asked for its sizes has told none. */
  readonly withoutSizes: string | undefined;
  /** The initial search_path of the target's sessions; undefined for an unknown target. */
  readonly searchPath: string | undefined;
}

/** Figures of a target, as they are now. */
export type TargetStatistics = ReadStatistics["statistics"];

interface TargetState {
  readonly statuses: readonly MigrationStatus[];
  readonly version: number | undefined;
  readonly settings: string;
  readonly live: TargetStatistics | undefined;
  readonly withoutSizes: string | undefined;
  readonly searchPath: string | undefined;
}

const withoutStatistics = { live: undefined, withoutSizes: undefined } as const;

export function fileOf(migration: MigrationFile): RehearsedFile {
  const { database, source, noTransaction } = migration;
  return { database, source, noTransaction, migration };
}

/** The sizes of a server, or why they cannot be read, for example as a table stays locked exclusively. */
async function liveStatistics(session: Session): Promise<Pick<TargetState, "live" | "withoutSizes">> {
  try {
    return { live: (await readStatistics(session)).statistics, withoutSizes: undefined };
  } catch (error) {
    if (!isServerError(error)) throw error;
    return { live: undefined, withoutSizes: error.message };
  }
}

async function stateOf(
  { session, chain, ledger, info }: OpenDatabase,
  { stats, asksForSizes = true }: RehearsalScope,
): Promise<TargetState> {
  const statuses = compareChain(chain, ledger);
  checkChain(session.label, statuses);
  const isAsked = session.target.kind === "server" && stats === undefined && asksForSizes;
  return {
    statuses,
    version: info.version,
    settings: await settingsOf(session),
    searchPath: info.searchPath,
    ...(isAsked ? await liveStatistics(session) : withoutStatistics),
  };
}

/** The states of the databases of `inputs`; an embedded one that was never created is empty. */
async function readTargets(
  inputs: readonly DatabaseInput[],
  scope: RehearsalScope,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, TargetState>> {
  const present = inputs.filter((input) => !isAbsent(input));
  const read = await withDatabases(
    present,
    "rehearse",
    async (open) =>
      new Map(await Promise.all(open.map(async (one) => [one.key, await stateOf(one, scope)] as const))),
    signal,
  );
  for (const { key, chain } of inputs.filter(isAbsent))
    read.set(key, {
      statuses: compareChain(chain, emptyLedger),
      version: undefined,
      settings: "",
      ...withoutStatistics,
      searchPath: undefined,
    });
  return read;
}

/** Only servers are asked where the scope says what is applied. */
async function knownTargets(
  { project }: Workspace,
  scope: RehearsalScope,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, TargetState>> {
  const { asksTargets = true } = scope;
  return readTargets(
    project.databases.filter(({ target }) => asksTargets && target.kind === "server"),
    scope,
    signal,
  );
}

/** What is assumed where no target is asked. */
export const unknownTarget: Omit<RehearsalPlan, "key" | "base" | "files"> = {
  version: oldestMaintained,
  versionOf: "oldest",
  settings: "",
  ...withoutStatistics,
  searchPath: undefined,
};

/** @param base the migrations that make the schema before */
function targetOf(
  state: TargetState | undefined,
  base: readonly MigrationFile[],
): Omit<RehearsalPlan, "key" | "base" | "files"> {
  if (state === undefined) return unknownTarget;
  const { statuses, version, settings, searchPath, withoutSizes } = state;
  const head = statuses.findLast(({ row }) => row !== undefined)?.number;
  const live = head === base.at(-1)?.number ? state.live : undefined;
  return { version, versionOf: "target", settings, live, withoutSizes, searchPath };
}

function limitOf({ phase, to }: RehearsalScope): Limit {
  return { ...(phase !== undefined && { phase }), ...(to !== undefined && { number: to }) };
}

/** The pending migrations of all databases. */
async function pendingPlans(
  workspace: Workspace,
  scope: RehearsalScope,
  signal: AbortSignal | undefined,
): Promise<RehearsalPlan[]> {
  const { databases } = workspace.project;
  const limit = limitOf(scope);
  const states = await readTargets(databases, scope, signal);
  return databases.flatMap(({ key, chain }) => {
    const state = states.get(key);
    if (state === undefined) return [];
    const files = planFiles(planUp([{ database: key, statuses: state.statuses }], limit));
    const pending = new Set(files);
    const applied = new Set(
      state.statuses.flatMap(({ file, row }) => (row === undefined ? [] : (file ?? []))),
    );
    const base = chain.migrations.filter((file) => applied.has(file) && !pending.has(file));
    return [{ key, base, files: files.map(fileOf), ...targetOf(state, base) }];
  });
}

/** The migrations after a number. */
async function laterPlans(
  workspace: Workspace,
  since: number,
  scope: RehearsalScope,
  signal: AbortSignal | undefined,
): Promise<RehearsalPlan[]> {
  const limit = limitOf(scope);
  const states = await knownTargets(workspace, scope, signal);
  return workspace.project.databases.map(({ key, chain: { migrations } }) => {
    const base = migrations.filter(({ number }) => number <= since);
    const later = migrations.filter(
      ({ number, phase }) =>
        number > since && number <= (limit.number ?? number) && phase <= (limit.phase ?? phase),
    );
    return { key, base, files: later.map(fileOf), ...targetOf(states.get(key), base) };
  });
}

/** The database of a file that no chain has. @throws SocratesError `usage` if there are several */
function databaseOf(file: string, { project: { databases } }: Workspace): DatabaseInput {
  const [first, second] = databases;
  if (first === undefined || second !== undefined)
    throw new SocratesError("usage", `${displayPath(file)} belongs to no chain, so its database is unknown`, {
      hint: `Name it: --database ${databases.map(({ key }) => key).join(" or --database ")}.`,
    });
  return first;
}

/** A given file: an up or down file of the chains, or other SQL. */
interface GivenFile extends RehearsedFile {
  /** The last migration that has run before it; undefined for other SQL. */
  readonly after?: number;
}

function givenFile(name: string, workspace: Workspace): GivenFile {
  const file = path.resolve(workspace.cwd, name);
  const migrations = workspace.project.databases.flatMap(({ chain }) => chain.migrations);
  const up = migrations.find(({ source }) => path.resolve(source.path) === file);
  if (up !== undefined) return { ...fileOf(up), after: up.number - 1 };
  const source = readSource(file);
  const { noTransaction } = readDirectives(source);
  const down = migrations.find(({ downPath }) => downPath !== undefined && path.resolve(downPath) === file);
  if (down !== undefined) return { database: down.database, source, noTransaction, after: down.number };
  return { database: databaseOf(file, workspace).key, source, noTransaction };
}

/**
 * Given files: those of a migration at its place in the chain, other SQL after what the target has, or else after the
 * whole chain.
 */
async function filePlans(
  workspace: Workspace,
  given: readonly string[],
  scope: RehearsalScope,
  signal: AbortSignal | undefined,
): Promise<RehearsalPlan[]> {
  const files = given.map((name) => givenFile(name, workspace));
  const states = await knownTargets(workspace, scope, signal);
  return workspace.project.databases.map(({ key, chain }) => {
    const own = files.filter(({ database }) => database === key);
    const [first] = own;
    const state = states.get(key);
    const applied = new Set(
      state?.statuses.flatMap(({ file, row }) => (row === undefined ? [] : (file ?? []))) ?? chain.migrations,
    );
    const isBefore = (file: MigrationFile) =>
      first?.after === undefined ? applied.has(file) : file.number <= first.after;
    const base = chain.migrations.filter(isBefore);
    return { key, base, files: own, ...targetOf(state, base) };
  });
}

/**
 * What is rehearsed for each database, and the schema and version that it starts from.
 * @throws SocratesError `usage` for a scope that does not exist, what `migrate` refuses, and connection errors
 */
export async function planRehearsal(
  workspace: Workspace,
  scope: RehearsalScope,
  signal?: AbortSignal,
): Promise<RehearsalPlan[]> {
  checkLimit(workspace.project.chains, limitOf(scope));
  const { since, files = [] } = scope;
  if (files.length > 0) return filePlans(workspace, files, scope, signal);
  if (since === undefined) return pendingPlans(workspace, scope, signal);
  if (since > 0) checkLimit(workspace.project.chains, { number: since });
  return laterPlans(workspace, since, scope, signal);
}
