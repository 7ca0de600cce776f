import { checkChains } from "./files.ts";
import { type Project, readLedgers } from "./open.ts";
import { type ReportedTarget, reportedTarget } from "./reported-target.ts";
import { type ChainProblem, chainProblems, compareChain, type MigrationStatus } from "./validate.ts";

/** Where one database stands. */
export interface DatabaseStatus {
  readonly key: string;
  readonly target: ReportedTarget;
  /** Number of the last applied migration, null for none. */
  readonly head: number | null;
  /** The last phase of which everything is applied, null for none. */
  readonly phase: number | null;
  readonly migrations: readonly MigrationStatus[];
  readonly problems: readonly ChainProblem[];
}

/**
 * The phase that a set of migrations has reached: the highest phase of an applied migration such that nothing of it
 * or before it is left to do.
 */
export function phaseReached(migrations: readonly { phase: number; applied: boolean }[]): number | null {
  const firstPending = Math.min(...migrations.filter(({ applied }) => !applied).map(({ phase }) => phase));
  const complete = migrations
    .filter(({ applied, phase }) => applied && phase < firstPending)
    .map(({ phase }) => phase);
  return complete.length === 0 ? null : Math.max(...complete);
}

/** Reads where all databases stand; changes nothing. Problems of a chain are part of the answer, not errors. */
export async function status({ chains, databases: inputs }: Project): Promise<DatabaseStatus[]> {
  checkChains(chains);
  const databases = await readLedgers(inputs, "status");
  return databases.map(({ key, target, chain, ledger }) => {
    const migrations = compareChain(chain, ledger);
    return {
      key,
      target: reportedTarget(target),
      head: ledger.rows.at(-1)?.number ?? null,
      phase: phaseReached(migrations.map(({ phase, row }) => ({ phase, applied: row !== undefined }))),
      migrations,
      problems: chainProblems(migrations),
    };
  });
}
