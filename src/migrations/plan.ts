import { SocratesError } from "../errors.ts";
import { formatNumber } from "../migration-number.ts";
import type { ChainFiles, MigrationFile } from "./files.ts";
import type { MigrationStatus } from "./validate.ts";

/** How far to go: to the end of a phase, or to a number. Neither means to the end. */
export interface Limit {
  readonly phase?: number;
  readonly number?: number;
}

/** What one database runs in one phase, in order. */
export interface PlanPart {
  readonly database: string;
  readonly files: readonly MigrationFile[];
}

/** The parts of one phase run side by side; the next phase begins when all have finished. */
export interface PlanPhase {
  readonly phase: number;
  readonly parts: readonly PlanPart[];
}

export type Plan = readonly PlanPhase[];

function known(
  values: readonly number[],
  wanted: number,
  what: string,
  show: (value: number) => string,
): void {
  if (values.includes(wanted)) return;
  const closest = [...values].sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0];
  throw new SocratesError("usage", `unknown ${what} ${show(wanted)}`, {
    hint:
      closest === undefined
        ? "The migrations folders are empty."
        : `The nearest is ${show(closest)}; the ${what}s are ${values.map(show).join(", ")}.`,
  });
}

/**
 * Checks that the phase or number of a limit exists.
 * @throws SocratesError `usage`, naming the nearest phase or number
 */
export function checkLimit(chains: readonly ChainFiles[], limit: Limit): void {
  const files = chains.flatMap((chain) => chain.migrations);
  const unique = (values: number[]) => [...new Set(values)].sort((a, b) => a - b);
  if (limit.phase !== undefined) known(unique(files.map((file) => file.phase)), limit.phase, "phase", String);
  if (limit.number !== undefined)
    known(unique(files.map((file) => file.number)), limit.number, "migration", formatNumber);
}

/** Files of several databases grouped by phase; `direction` sets the order of phases and of files. */
function group(parts: readonly PlanPart[], direction: 1 | -1): Plan {
  const phases = [...new Set(parts.flatMap(({ files }) => files.map((file) => file.phase)))].sort(
    (a, b) => (a - b) * direction,
  );
  return phases.map((phase) => ({
    phase,
    parts: parts.flatMap(({ database, files }) => {
      const own = files
        .filter((file) => file.phase === phase)
        .sort((a, b) => (a.number - b.number) * direction);
      return own.length === 0 ? [] : [{ database, files: own }];
    }),
  }));
}

/** The statuses of one database, by key. */
export interface ChainStatus {
  readonly database: string;
  readonly statuses: readonly MigrationStatus[];
}

/** The pending migrations up to a limit, phase by phase. */
export function planUp(chains: readonly ChainStatus[], limit: Limit): Plan {
  const wanted = ({ phase, number, state, row }: MigrationStatus) =>
    (state === "pending" || (state === "interrupted" && row === undefined)) &&
    phase <= (limit.phase ?? phase) &&
    number <= (limit.number ?? number);
  return group(
    chains.map(({ database, statuses }) => ({ database, files: filesOf(statuses.filter(wanted)) })),
    1,
  );
}

/** How much to roll back: everything above a phase or a number, or the last `steps` migrations. */
export type RollbackLimit =
  | { readonly phase: number }
  | { readonly number: number }
  | { readonly steps: number };

/** The migrations to roll back, the latest phase first, in reverse order of execution. */
export function planDown(chains: readonly ChainStatus[], limit: RollbackLimit): Plan {
  const applied = chains.flatMap(({ statuses }) =>
    filesOf(
      statuses.filter(
        ({ state, row }) => state === "applied" || (state === "interrupted" && row !== undefined),
      ),
    ),
  );
  const latestFirst = applied.sort((a, b) => b.phase - a.phase || b.number - a.number);
  const undone = new Set(
    "steps" in limit
      ? latestFirst.slice(0, limit.steps)
      : latestFirst.filter((file) =>
          "phase" in limit ? file.phase > limit.phase : file.number > limit.number,
        ),
  );
  return group(
    chains.map(({ database }) => ({
      database,
      files: [...undone].filter((file) => file.database === database),
    })),
    -1,
  );
}

function filesOf(statuses: readonly MigrationStatus[]): MigrationFile[] {
  return statuses.flatMap(({ file }) => (file === undefined ? [] : [file]));
}

/** All files of a plan, in an order in which they could run one by one. */
export function planFiles(plan: Plan): MigrationFile[] {
  return plan.flatMap(({ parts }) => parts.flatMap(({ files }) => files));
}
