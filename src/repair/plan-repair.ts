import { keyOf, type ObjectKey, type Schema, schemaOf } from "../schema/model.ts";
import { bondsOf, keepBonds } from "./bonds.ts";
import type { Condition } from "./conditions/condition.ts";
import { planConditions } from "./conditions/plan-conditions.ts";
import { Effects, type StatementLock } from "./effects.ts";
import type { Fates, LeftAlone } from "./fates.ts";
import { Gentle } from "./gentle.ts";
import { type Grouped, groupSteps, type StepGroup } from "./groups.ts";
import { type RepairOptions, withKept } from "./kept.ts";
import { relateSteps } from "./repair-order.ts";
import { repairSteps } from "./repair-steps.ts";
import { creationSettings } from "./search-path.ts";
import type { Cost } from "./statement-rules.ts";
import type { Step } from "./steps.ts";

/** One statement of a script. */
export interface RepairStatement {
  readonly sql: string;
  /** What its step does: `create index public.users.by_mail`. */
  readonly what: string;
  readonly object: ObjectKey;
  readonly destroysRows: boolean;
  /** The strongest lock that it takes on relations that exist before the script. */
  readonly lock: StatementLock | undefined;
  /** What it does to rows that exist. */
  readonly cost: Cost;
}

/** Statements of one transaction, or one statement that PostgreSQL refuses inside a transaction. */
export interface RepairGroup {
  readonly transaction: boolean;
  readonly statements: readonly RepairStatement[];
}

/** A script, and what it does not do. Nothing in it is proven. */
export interface RepairPlan {
  /** Settings of the session under which the statements mean what they should. */
  readonly settings: readonly string[];
  /** Renames that come before everything else. */
  readonly renames: readonly RepairStatement[];
  /** The other statements in their order, each group committed before the next. */
  readonly groups: readonly RepairGroup[];
  /** The renames and the statements of all groups. */
  readonly statements: readonly RepairStatement[];
  /** What rows must be like: the guards of all are the first statements of a script. */
  readonly conditions: readonly Condition[];
  /** The schema after the script. */
  readonly wanted: Schema;
  /** Objects that differ and that the script leaves as they are. */
  readonly left: readonly LeftAlone[];
  /** Why no statement is planned, although the schemas differ. */
  readonly obstacles: readonly LeftAlone[];
}

function statementsOf(step: Step, effects: Effects): RepairStatement[] {
  const object = keyOf(step.kind, step.name);
  return step.sql.map((sql) => {
    const { lock, cost } = effects.of(sql, object);
    const { what, destroysRows } = step;
    return { sql, what, object, destroysRows, lock, cost: step.cost ?? cost };
  });
}

function groupOf({ transaction, steps }: StepGroup, effects: Effects): RepairGroup {
  return { transaction, statements: steps.flatMap((step) => statementsOf(step, effects)) };
}

/** The groups of a script, or why there are none. */
type Planned = { readonly unwritten: readonly LeftAlone[] } | Grouped;

/** Plans with the shortest form for objects that must change together with what depends on them. */
function planSteps(from: Schema, to: Schema, fates: Fates, options: RepairOptions): Planned {
  const { plain = false, serverVersion = from.serverVersion } = options;
  const together = new Set<ObjectKey>();
  for (;;) {
    const gentle = new Gentle([from, to], fates, { plain, together, serverVersion });
    const steps = repairSteps(from, to, fates, gentle);
    if (steps.unwritten.length > 0) return { unwritten: steps.unwritten };
    relateSteps(from, to, fates, steps);
    const impossible = keepBonds(steps.all, bondsOf(steps, fates));
    if (impossible.size === 0) return groupSteps(steps.all);
    for (const key of impossible) together.add(key);
  }
}

function wordsOfCircle(steps: readonly Step[]): LeftAlone[] {
  return steps.map(({ kind, name, what }) => ({
    key: keyOf(kind, name),
    reason: `"${what}" is part of a circle of steps`,
  }));
}

/**
 * Plans the statements that turn one schema into another.
 * @param from the schema as it is, read with privileges, owners and exactly
 * @param to the wanted schema, as the same server prints it
 */
export function planRepair(from: Schema, to: Schema, options: RepairOptions): RepairPlan {
  const { fates, ...permitted } = withKept(from, to, options);
  const planned = planSteps(from, permitted.to, fates, options);
  const objects = [...from.objects.values(), ...to.objects.values()];
  const effects = new Effects(from, permitted.to);
  const groups = "groups" in planned ? planned.groups.map((group) => groupOf(group, effects)) : [];
  return {
    settings: creationSettings(schemaOf(objects, [], to.serverVersion)),
    renames: [],
    groups: groups.filter(({ statements }) => statements.length > 0),
    statements: groups.flatMap(({ statements }) => statements),
    conditions: "groups" in planned ? planConditions(from, permitted.to, fates, options) : [],
    wanted: permitted.to,
    left: [...permitted.left, ...fates.left],
    obstacles:
      "unwritten" in planned ? planned.unwritten : "circle" in planned ? wordsOfCircle(planned.circle) : [],
  };
}

/**
 * A plan whose script first takes other steps: it was made for the schema after them.
 * @param from the schema before them
 */
export function afterSteps(steps: readonly Step[], plan: RepairPlan, from: Schema): RepairPlan {
  const effects = new Effects(from, plan.wanted);
  const renames = steps.flatMap((step) => statementsOf(step, effects));
  return { ...plan, renames, statements: [...renames, ...plan.statements] };
}

function guardStatement({ object, message, guard }: Condition): RepairStatement {
  return {
    sql: guard,
    what: `only if: ${message}`,
    object,
    destroysRows: false,
    lock: undefined,
    cost: "reads the table",
  };
}

/** The groups of a script with its renames and guards, which come first: guards use the new names. */
export function scriptGroups({ renames, conditions, groups }: RepairPlan): readonly RepairGroup[] {
  const statements = [...renames, ...conditions.map(guardStatement)];
  if (statements.length === 0) return groups;
  const [first, ...rest] = groups;
  return first?.transaction === true
    ? [{ transaction: true, statements: [...statements, ...first.statements] }, ...rest]
    : [{ transaction: true, statements }, ...groups];
}
