import { createHash, randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { findAsset, headFile, headsFile } from "../database/embedded/assets.ts";
import { SocratesError } from "../errors.ts";
import { emptyLedger, ensureLedgerSql, type LedgerRow } from "../ledger/ledger.ts";
import type { ChainFiles } from "../migrations/files.ts";
import { type Plan, planUp } from "../migrations/plan.ts";
import { downWarning } from "../migrations/scripts.ts";
import { compareChain } from "../migrations/validate.ts";
import { keepLedger } from "../project/kept-ledger.ts";
import { type DatabaseInput, isAbsent, type Project } from "../project/open.ts";
import type { Done } from "./result.ts";
import type { RunSettings } from "./settings.ts";
import { interrupted } from "./transaction.ts";

/** What a prepared head contains: these migrations, recorded in a ledger. */
interface HeadContent {
  /** SHA-256 of the SQL that creates the ledger. */
  readonly ledger: string;
  readonly toolVersion: string;
  /** Number, name, phase and checksum of each migration. */
  readonly migrations: readonly (readonly [number, string, number, string])[];
}

/** A head as the build has made it. */
export interface Head extends HeadContent {
  readonly database: string;
  /** The number of times in it. */
  readonly places: number;
}

/** What the head of a chain contains. */
export function contentOf(
  { database, migrations }: ChainFiles,
  toolVersion: string,
): HeadContent & { readonly database: string } {
  return {
    database,
    ledger: createHash("sha256").update(ensureLedgerSql(database)).digest("hex"),
    toolVersion,
    migrations: migrations.map(({ number, name, phase, checksum }) => [number, name, phase, checksum]),
  };
}

function readHeads(): readonly Head[] {
  try {
    return JSON.parse(readFileSync(findAsset(headsFile), "utf8"));
  } catch (error) {
    if (error instanceof SocratesError) return [];
    throw error;
  }
}

/** A missing embedded database for which there is a prepared head. */
interface Prepared {
  readonly input: DatabaseInput;
  readonly directory: string;
  readonly head: Head;
}

/** The databases of a run with their heads, if each is missing and the package was built with the same migrations. */
function preparedFor(
  { chains, databases: inputs }: Project,
  toolVersion: string,
): readonly Prepared[] | undefined {
  // The marks of a head name the databases that were made with it.
  if (inputs.length !== chains.length || !inputs.every(isAbsent)) return undefined;
  const heads = readHeads();
  const found = inputs.flatMap((input): Prepared[] => {
    const { chain, target } = input;
    const directory = target.kind === "embedded" && target.connect === undefined ? target.directory : null;
    const head = heads.find(({ database }) => database === chain.database);
    if (head === undefined || directory === null) return [];
    const { places, ...content } = head;
    return JSON.stringify(content) === JSON.stringify(contentOf(chain, toolVersion))
      ? [{ input, directory, head }]
      : [];
  });
  return found.length === inputs.length && heads.length === inputs.length ? found : undefined;
}

function reportAll(plan: Plan, { report }: RunSettings): Done[] {
  return plan.flatMap(({ phase, parts }) => {
    report({ kind: "phase", phase, direction: "up" });
    return parts.flatMap(({ database, files }) =>
      files.map((file): Done => {
        report({ kind: "done", file, direction: "up", durationMs: 0 });
        return { database, file, durationMs: 0 };
      }),
    );
  });
}

/**
 * Brings missing embedded databases to their heads without executing a migration or starting PostgreSQL, if the package
 * was built with the same migrations: executing them takes most of the time of such a run. The ledgers say when that
 * was, and that no migration took any time.
 * @returns what was applied; undefined if the databases have to be migrated
 * @throws SocratesError `embedded-locked`, `embedded-failed`, `interrupted`
 */
export async function createHeads(
  project: Project,
  settings: RunSettings,
): Promise<readonly Done[] | undefined> {
  const { toolVersion } = settings;
  const prepared = preparedFor(project, toolVersion);
  if (prepared === undefined) return undefined;
  if (settings.signal.aborted) throw interrupted();
  const plan = planUp(
    prepared.map(({ input }) => ({ database: input.key, statuses: compareChain(input.chain, emptyLedger) })),
    {},
  );
  const recorded = Date.now();
  const first = randomInt(1000 - prepared.length);
  const created = prepared.map((_, i) => (recorded - 1) * 1000 + first + i);
  const { installHeads } = await import("../database/embedded/new-cluster.ts");
  const isInstalled = await installHeads(
    prepared.map(({ input, directory, head }) => ({
      directory,
      database: input.name,
      head: findAsset(headFile(input.key)),
      times: { created, recorded: recorded * 1000, places: head.places },
    })),
  );
  if (!isInstalled) return undefined;
  for (const { input } of prepared)
    keepLedger(input, {
      chain: input.key,
      rows: input.chain.migrations.map(
        ({ number, name, phase, checksum }): LedgerRow => ({
          number,
          name,
          phase,
          checksum,
          appliedAt: new Date(recorded),
          durationMs: 0,
          appliedBy: "postgres",
          toolVersion,
        }),
      ),
      interrupted: [],
    });
  for (const { input } of prepared)
    for (const file of input.chain.migrations) {
      const message = downWarning(file);
      if (message !== undefined) settings.report({ kind: "warning", file, message });
    }
  return reportAll(plan, settings);
}
