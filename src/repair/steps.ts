import type { Kind } from "../schema/model.ts";
import { creationOrder } from "./kinds.ts";

/** Statements of a script that belong together, and the steps that come before them. */
export interface Step {
  readonly kind: Kind;
  readonly name: string;
  readonly what: string;
  readonly sql: readonly string[];
  readonly isRemoval: boolean;
  readonly destroysRows: boolean;
  readonly after: Set<Step>;
}

export interface StepDetails {
  readonly isRemoval?: boolean;
  readonly destroysRows?: boolean;
}

export function stepOf(
  { kind, name }: { readonly kind: Kind; readonly name: string },
  verb: string,
  sql: readonly string[],
  { isRemoval = false, destroysRows = false }: StepDetails = {},
): Step {
  const what = `${verb} ${kind} ${name}`;
  return { kind, name, what, sql, isRemoval, destroysRows, after: new Set() };
}

const ranks = new Map<Kind, number>(
  creationOrder.flatMap((kindsOfRank, i) => kindsOfRank.map((kind) => [kind, i] as const)),
);

/** Removals first, in the reverse order of creations. */
function byRank(a: Step, b: Step): number {
  if (a.isRemoval !== b.isRemoval) return a.isRemoval ? -1 : 1;
  const order = (ranks.get(a.kind) ?? 0) - (ranks.get(b.kind) ?? 0);
  if (order !== 0) return a.isRemoval ? -order : order;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** Steps in an order that works, or those that need each other. */
export type Ordered = { readonly steps: readonly Step[] } | { readonly circle: readonly Step[] };

/** Puts each step after those that come before it, as early as its rank allows. */
export function orderSteps(all: readonly Step[]): Ordered {
  const waiting = [...all].sort(byRank);
  const position = new Map(waiting.map((step, i) => [step, i]));
  const users = new Map<Step, Step[]>();
  const open = new Map<Step, number>();
  for (const step of waiting) {
    const before = [...step.after].filter((other) => other !== step && position.has(other));
    open.set(step, before.length);
    for (const other of before) users.set(other, [...(users.get(other) ?? []), step]);
  }
  const ready = waiting.filter((step) => open.get(step) === 0);
  const steps: Step[] = [];
  for (let next = ready.shift(); next !== undefined; next = ready.shift()) {
    steps.push(next);
    const freed = (users.get(next) ?? []).filter((user) => {
      const left = (open.get(user) ?? 0) - 1;
      open.set(user, left);
      return left === 0;
    });
    if (freed.length === 0) continue;
    ready.push(...freed);
    ready.sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
  }
  return steps.length === waiting.length
    ? { steps }
    : { circle: waiting.filter((step) => (open.get(step) ?? 0) > 0) };
}
