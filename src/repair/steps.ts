import type { Kind } from "../schema/model.ts";
import { creationOrder } from "./kinds.ts";
import type { Cost } from "./statement-rules.ts";

/**
 * Where a step runs: in a transaction with others, in its own transaction, which is committed before others use what it
 * does, or outside of transactions, where PostgreSQL demands it. The last two have one statement.
 */
export type StepMode = "together" | "apart" | "outside";

/** Statements of a script that belong together, and the steps that come before them. */
export interface Step {
  readonly kind: Kind;
  readonly name: string;
  readonly what: string;
  readonly sql: readonly string[];
  readonly isRemoval: boolean;
  readonly destroysRows: boolean;
  readonly mode: StepMode;
  /** What its statements do to rows, if earlier steps make that less than usual. */
  readonly cost: Cost | undefined;
  readonly after: Set<Step>;
}

export interface StepDetails {
  readonly isRemoval?: boolean;
  readonly destroysRows?: boolean;
  readonly mode?: StepMode;
  readonly cost?: Cost;
}

export function stepOf(
  { kind, name }: { readonly kind: Kind; readonly name: string },
  verb: string,
  sql: readonly string[],
  { isRemoval = false, destroysRows = false, mode = "together", cost }: StepDetails = {},
): Step {
  const what = `${verb} ${kind} ${name}`;
  return { kind, name, what, sql, isRemoval, destroysRows, mode, cost, after: new Set() };
}

const ranks = new Map<Kind, number>(
  creationOrder.flatMap((kindsOfRank, i) => kindsOfRank.map((kind) => [kind, i] as const)),
);

/** Removals first, in the reverse order of creations. */
export function byRank(a: Step, b: Step): number {
  if (a.isRemoval !== b.isRemoval) return a.isRemoval ? -1 : 1;
  const order = (ranks.get(a.kind) ?? 0) - (ranks.get(b.kind) ?? 0);
  if (order !== 0) return a.isRemoval ? -order : order;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
