import { checkChains } from "../migrations/files.ts";
import {
  type ChainProblem,
  chainProblems,
  compareChain,
  type MigrationStatus,
} from "../migrations/validate.ts";
import { type Project, readLedgers } from "./open.ts";
import { type ReportedTarget, reportedTarget } from "./reported-target.ts";

/** The state of one database. */
export interface DatabaseStatus {
  readonly key: string;
  readonly target: ReportedTarget;
  /** Number of the last applied migration; null for none. */
  readonly head: number | null;
  /** The last phase that is fully applied; null for none. */
  readonly phase: number | null;
  /** The same as text; see {@link phaseWords}. */
  readonly phaseText: string;
  readonly migrations: readonly MigrationStatus[];
  readonly problems: readonly ChainProblem[];
}

/**
 * The phase that a set of migrations has reached: the highest phase with an applied migration such that nothing up to
 * it is pending.
 */
export function phaseReached(migrations: readonly { phase: number; applied: boolean }[]): number | null {
  const firstPending = Math.min(...migrations.filter(({ applied }) => !applied).map(({ phase }) => phase));
  const complete = migrations
    .filter(({ applied, phase }) => applied && phase < firstPending)
    .map(({ phase }) => phase);
  return complete.length === 0 ? null : Math.max(...complete);
}

/**
 * The phase that a database has reached, as text. Later phases without migrations for it are listed, as it is not
 * behind.
 * @param reached see {@link phaseReached}
 * @param own phases of the migrations of its chain
 * @param all phases of the migrations of all chains
 */
export function phaseWords(reached: number | null, own: readonly number[], all: readonly number[]): string {
  if (reached === null) return "no phase complete";
  const next = Math.min(...own.filter((phase) => phase > reached));
  const without = [...new Set(all.filter((phase) => phase > reached && phase < next))].sort((a, b) => a - b);
  const [first, last] = [without[0], without.at(-1)];
  if (first === undefined) return `phase ${reached}`;
  return `phase ${reached}, no migrations in ${first === last ? "phase" : "phases"} ${without.join(", ")}`;
}

/** Reads the state of all databases; changes nothing. Problems of a chain are part of the result, not errors. */
export async function status({ chains, databases: inputs }: Project): Promise<DatabaseStatus[]> {
  checkChains(chains);
  const databases = await readLedgers(inputs, "status");
  const phases = chains.flatMap((chain) => chain.migrations.map(({ phase }) => phase));
  return databases.map(({ key, target, chain, ledger }) => {
    const migrations = compareChain(chain, ledger);
    const phase = phaseReached(
      migrations.map(({ phase: of, row }) => ({ phase: of, applied: row !== undefined })),
    );
    return {
      key,
      target: reportedTarget(target),
      head: ledger.rows.at(-1)?.number ?? null,
      phase,
      phaseText: phaseWords(
        phase,
        migrations.map(({ phase: of }) => of),
        phases,
      ),
      migrations,
      problems: chainProblems(migrations),
    };
  });
}
