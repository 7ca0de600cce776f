import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { findAsset, headFile, headsFile } from "../database/embedded/assets.ts";
import { finishDirectory } from "../database/embedded/directory.ts";
import { SocratesError } from "../errors.ts";
import { ensureLedgerSql } from "../ledger/ledger.ts";
import type { ChainFiles, MigrationFile, Script } from "../migrations/files.ts";
import { planFiles } from "../migrations/plan.ts";
import { type DatabaseInput, isAbsent } from "../project/open.ts";
import { runAtomic } from "./atomic.ts";
import type { Done } from "./result.ts";
import type { PlanRun } from "./run-plan.ts";

/** What a prepared head contains: a ledger without migrations, and the objects of these migrations. */
interface HeadContent {
  /** SHA-256 of the SQL that creates the ledger. */
  readonly ledger: string;
  /** Number, name, phase and checksum of each migration. */
  readonly migrations: readonly (readonly [number, string, number, string])[];
}

/** The prepared heads, by the key of their database. */
export type Heads = Readonly<Record<string, HeadContent>>;

/** What the head of a chain contains. */
export function contentOf({ database, migrations }: ChainFiles): HeadContent {
  return {
    ledger: createHash("sha256").update(ensureLedgerSql(database)).digest("hex"),
    migrations: migrations.map(({ number, name, phase, checksum }) => [number, name, phase, checksum]),
  };
}

function readHeads(): Heads {
  try {
    return JSON.parse(readFileSync(findAsset(headsFile), "utf8"));
  } catch (error) {
    if (error instanceof SocratesError) return {};
    throw error;
  }
}

/**
 * The databases of a run that brings them all to their heads: if each is a missing embedded one, and the package has
 * been built with the same migrations, they start as prepared heads. Executing the migrations takes most of the time
 * of such a run.
 */
export function onPreparedHeads(inputs: readonly DatabaseInput[]): readonly DatabaseInput[] {
  if (!inputs.every(isAbsent)) return inputs;
  const heads = readHeads();
  const isPrepared = ({ chain }: DatabaseInput) =>
    JSON.stringify(heads[chain.database]) === JSON.stringify(contentOf(chain));
  if (!inputs.every(isPrepared)) return inputs;
  return inputs.map((input): DatabaseInput => {
    const { key, target } = input;
    return target.kind === "embedded"
      ? { ...input, target: { ...target, head: findAsset(headFile(key)) } }
      : input;
  });
}

/** Whether a database has started as a prepared head: its migrations only have to be recorded. */
export function isPrepared({ target }: Pick<DatabaseInput, "target">): boolean {
  return target.kind === "embedded" && target.head !== undefined;
}

/** Makes a prepared head an ordinary database. Before that, the next start creates the database again. */
function complete({ target }: Pick<DatabaseInput, "target">): void {
  if (target.kind === "embedded" && target.directory !== null) finishDirectory(target.directory);
}

/**
 * Records the migrations of a plan, whose objects the prepared heads have: in one transaction per database, as nothing
 * may have only a part of them. The time of creation identifies a ledger.
 * @throws SocratesError as `runAtomic`
 */
export async function recordHeads(run: PlanRun): Promise<Done[]> {
  const scripts = new Map(
    planFiles(run.plan).map((file): [MigrationFile, Script] => [
      file,
      { source: file.source, statements: [], noTransaction: false },
    ]),
  );
  await Promise.all(
    run.databases.map(({ session }) =>
      session.run("UPDATE socrates_db.chain SET created_at = clock_timestamp()"),
    ),
  );
  return runAtomic({ ...run, scripts }, complete);
}
