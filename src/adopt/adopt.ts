import { readSchema } from "../catalog/read.ts";
import type { Finding } from "../diff/finding.ts";
import { type IgnoreRule, ignoreRule, withoutIgnoredObjects } from "../diff/ignore.ts";
import { deferredIndexes } from "../document/deferred.ts";
import { SocratesError } from "../errors.ts";
import { checkChains, type MigrationFile } from "../migrations/files.ts";
import { type DatabaseInput, isAbsent, type OpenDatabase, withDatabases } from "../project/open.ts";
import { wrongChain } from "../project/preflight.ts";
import { phaseReached } from "../project/status.ts";
import type { Workspace } from "../project/workspace.ts";
import { type Decision, hasLedger, writeAdopted } from "../runner/adopt.ts";
import type { RunSettings } from "../runner/settings.ts";
import { type Schema, schemaOf } from "../schema/model.ts";
import { partsOfName } from "../schema/names.ts";
import type { ShadowOptions } from "../shadow/cache.ts";
import { type ChainSchemas, everything } from "../sources/of-migrations.ts";
import { chainsOf, documentIfAny, shadowOptions } from "../sources/of-workspace.ts";
import { findMatch, type Match } from "./match.ts";

/** The point of one database on its chain. */
export type AdoptedDatabase = { readonly key: string } & (
  | { readonly state: "ledger" }
  | { readonly state: "empty" }
  | {
      readonly state: "fits" | "differs";
      /** The point that it matches, or the nearest one. */
      readonly point: MigrationFile;
      /** The migrations up to that point. */
      readonly files: readonly MigrationFile[];
      /** The last phase that is complete at that point; null for none. */
      readonly phase: number | null;
      readonly errors: number;
    }
);

/** How an adoption ended; `refused` if a database matches no point, and then nothing was written. */
export type AdoptOutcome = "adopted" | "dry-run" | "refused";

export interface AdoptResult {
  readonly outcome: AdoptOutcome;
  readonly databases: readonly AdoptedDatabase[];
  readonly findings: readonly Finding[];
}

type Chains = ReadonlyMap<string, ChainSchemas>;

function tablesOf(schema: Schema): Set<string> {
  return new Set([...schema.objects.values()].filter(({ kind }) => kind === "table").map(({ name }) => name));
}

/** @throws SocratesError `wrong-chain` for a database with tables of another one */
function checkOwnTables({ key, session }: OpenDatabase, live: Schema, chains: Chains): void {
  const present = tablesOf(live);
  const own = chains.get(key);
  const ownTables = own === undefined ? new Set<string>() : tablesOf(everything(own));
  for (const [other, chain] of chains) {
    if (other === key) continue;
    const found = [...tablesOf(everything(chain))].filter(
      (name) => present.has(name) && !ownTables.has(name),
    );
    if (found.length > 0)
      throw wrongChain(session, other, found.map((name) => partsOfName(name).at(-1) ?? name).sort());
  }
}

function nothingThere(labels: readonly string[]): SocratesError {
  return new SocratesError(
    "nothing-to-adopt",
    `nothing to adopt: ${labels.join(" and ")} ${labels.length === 1 ? "has" : "have"} none of the migrations' tables`,
    { hint: "Create them with: socrates-db migrate" },
  );
}

/** A live schema without what the config ignores, unless the chain creates it. */
function withoutIgnored(live: Schema, chain: ChainSchemas, rules: readonly IgnoreRule[]): Schema {
  const [{ objects: kept }, { objects: own }] = [withoutIgnoredObjects(live, rules), everything(chain)];
  const objects = [...live.objects].flatMap(([key, object]) =>
    kept.has(key) || own.has(key) ? [object] : [],
  );
  return schemaOf(objects, live.uncovered, live.serverVersion);
}

interface Matching {
  readonly chains: Chains;
  /** Names of indexes that are commented out in the document. */
  readonly deferred: ReadonlySet<string>;
  readonly ignore: readonly IgnoreRule[];
  readonly shadow: ShadowOptions;
}

async function matchOf(open: OpenDatabase, { chains, deferred, ignore, shadow }: Matching): Promise<Match> {
  const { key, session } = open;
  const live = await readSchema(session);
  checkOwnTables(open, live, chains);
  const chain = chains.get(key);
  if (chain === undefined) throw new Error(`${key} has no chain`);
  const compared = withoutIgnored(live, chain, ignore);
  return findMatch({ database: key, label: session.label, live: compared, chain, deferred }, shadow);
}

function decisionOf(matches: ReadonlyMap<string, Match>): Decision {
  if ([...matches.values()].some(({ state }) => state === "differs")) return undefined;
  return new Map(
    [...matches].flatMap(([key, match]) => (match.state === "fits" ? [[key, match.files] as const] : [])),
  );
}

function adopted({ key, chain }: DatabaseInput, match: Match | undefined): AdoptedDatabase {
  if (match === undefined || match.state === "empty") return { key, state: "empty" };
  const { state, point, files, findings } = match;
  const phase = phaseReached(
    chain.migrations.map((file) => ({ phase: file.phase, applied: files.includes(file) })),
  );
  const errors = findings.filter(({ severity }) => severity === "error").length;
  return { key, state, point, files, phase, errors };
}

/**
 * Finds the points of databases without a ledger, and writes their ledgers.
 * @param settings of the run that writes; `dry-run` only reads
 * @throws SocratesError `nothing-to-adopt`, `wrong-chain`, and from the run
 */
export async function adopt(workspace: Workspace, settings: RunSettings | "dry-run"): Promise<AdoptResult> {
  const { project } = workspace;
  checkChains(project.chains);
  const document = await documentIfAny(workspace);
  const deferred = document === undefined ? new Set<string>() : deferredIndexes(document);
  const rules = workspace.config.file.ignore ?? [];
  const ignore = rules.map(({ object, reason }) => ignoreRule(object, reason));
  const shadow = shadowOptions(workspace);
  const chains = await chainsOf(workspace, shadow);
  const present = project.databases.filter((input) => !isAbsent(input));
  if (present.length === 0) throw nothingThere(project.databases.map(({ name }) => name));
  return withDatabases(present, "adopt", async (open) => {
    const unledgered = open.filter(({ ledger }) => ledger.rows.length === 0);
    if (unledgered.length === 0) throw hasLedger(open.map(({ session }) => session.label));
    const matches = new Map<string, Match>();
    const decide = async () => {
      const found = await Promise.all(
        unledgered.map(
          async (database) =>
            [database.key, await matchOf(database, { chains, deferred, ignore, shadow })] as const,
        ),
      );
      for (const [key, match] of found) matches.set(key, match);
      if (found.every(([, { state }]) => state === "empty"))
        throw nothingThere(unledgered.map(({ session }) => session.label));
      return decisionOf(matches);
    };
    if (settings === "dry-run") await decide();
    else await writeAdopted(unledgered, settings, decide);
    const isRefused = decisionOf(matches) === undefined;
    return {
      outcome: isRefused ? "refused" : settings === "dry-run" ? "dry-run" : "adopted",
      databases: project.databases.map((input) =>
        open.some(({ key, ledger }) => key === input.key && ledger.rows.length > 0)
          ? { key: input.key, state: "ledger" }
          : adopted(input, matches.get(input.key)),
      ),
      findings: [...matches.values()].flatMap(({ findings }) => findings),
    };
  });
}
