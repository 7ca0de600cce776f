import { append } from "../schema/append.ts";
import { byRank, type Step } from "./steps.ts";

/** Steps of one transaction, or one step outside of transactions. */
export interface StepGroup {
  readonly transaction: boolean;
  readonly steps: readonly Step[];
}

/** Groups in an order that works, or the steps that need each other. */
export type Grouped = { readonly groups: readonly StepGroup[] } | { readonly circle: readonly Step[] };

/** Steps that wait for others, and those that are free to run. */
class Waiting {
  private readonly open = new Map<Step, number>();
  private readonly users = new Map<Step, Step[]>();
  private readonly position: ReadonlyMap<Step, number>;
  private ready: Step[];

  constructor(all: readonly Step[]) {
    const sorted = [...all].sort(byRank);
    this.position = new Map(sorted.map((step, i) => [step, i]));
    for (const step of sorted) {
      const before = [...step.after].filter((other) => other !== step && this.position.has(other));
      this.open.set(step, before.length);
      for (const other of before) append(this.users, other, step);
    }
    this.ready = sorted.filter((step) => this.open.get(step) === 0);
  }

  /** Takes the first free step, by rank, that fulfils a condition. */
  take(condition: (step: Step) => boolean): Step | undefined {
    const at = this.ready.findIndex(condition);
    const step = this.ready[at];
    if (step === undefined) return undefined;
    this.ready.splice(at, 1);
    const freed = this.usersOf(step).filter((user) => {
      const left = (this.open.get(user) ?? 0) - 1;
      this.open.set(user, left);
      return left === 0;
    });
    if (freed.length === 0) return step;
    this.ready.push(...freed);
    this.ready.sort((a, b) => (this.position.get(a) ?? 0) - (this.position.get(b) ?? 0));
    return step;
  }

  usersOf(step: Step): readonly Step[] {
    return this.users.get(step) ?? [];
  }

  get left(): Step[] {
    return [...this.open].flatMap(([step, count]) => (count > 0 ? [step] : []));
  }
}

/** Whether a step adds labels to an enum: such steps do not use each other, and can be committed together. */
function addsLabels({ kind, mode }: Step): boolean {
  return kind === "type" && mode === "apart";
}

/**
 * Divides steps into groups, each as early as its rank allows. Transactions are as large as possible, so that few states
 * in between are visible: a step that runs alone comes before a transaction if that needs it, and otherwise after it.
 */
export function groupSteps(all: readonly Step[]): Grouped {
  const waiting = new Waiting(all);
  const isTogether = ({ mode }: Step) => mode === "together";
  const groups: StepGroup[] = [];
  const alone = (step: Step) => {
    const last = groups.at(-1);
    if (addsLabels(step) && last?.steps.every(addsLabels))
      groups.splice(-1, 1, { transaction: true, steps: [...last.steps, step] });
    else groups.push({ transaction: step.mode !== "outside", steps: [step] });
  };
  for (;;) {
    const needed = waiting.take((step) => !isTogether(step) && waiting.usersOf(step).length > 0);
    if (needed !== undefined) {
      alone(needed);
      continue;
    }
    const steps: Step[] = [];
    for (let next = waiting.take(isTogether); next !== undefined; next = waiting.take(isTogether))
      steps.push(next);
    if (steps.length > 0) {
      groups.push({ transaction: true, steps });
      continue;
    }
    // The new index exists before the old one is dropped, so that queries have one.
    const last = waiting.take(({ isRemoval }) => !isRemoval) ?? waiting.take(() => true);
    if (last === undefined) break;
    alone(last);
  }
  return waiting.left.length === 0 ? { groups } : { circle: waiting.left };
}
