import { keyOf, type ObjectKey, type Schema, schemaOf } from "../schema/model.ts";
import type { Condition } from "./conditions/condition.ts";
import { planConditions } from "./conditions/plan-conditions.ts";
import type { LeftAlone } from "./fates.ts";
import { type RepairOptions, withKept } from "./kept.ts";
import { relateSteps } from "./repair-order.ts";
import { repairSteps } from "./repair-steps.ts";
import { creationSettings } from "./search-path.ts";
import { orderSteps, type Step } from "./steps.ts";

/** One statement of a script. */
export interface RepairStatement {
  readonly sql: string;
  /** What its step does: `create index public.users.by_mail`. */
  readonly what: string;
  readonly object: ObjectKey;
  readonly destroysRows: boolean;
  /** Whether it must be committed before the next statement: a new enum value cannot be used before. */
  readonly isAlone: boolean;
}

/** A script, and what it does not do. Nothing in it is proven. */
export interface RepairPlan {
  /** Settings of the session under which the statements mean what they should. */
  readonly settings: readonly string[];
  readonly statements: readonly RepairStatement[];
  /** What rows must be like: the guards of all are the first statements of a script. */
  readonly conditions: readonly Condition[];
  /** The schema after the script. */
  readonly wanted: Schema;
  /** Objects that differ and that the script leaves as they are. */
  readonly left: readonly LeftAlone[];
  /** Why there are no statements, although the schemas differ. */
  readonly obstacles: readonly LeftAlone[];
}

function statementsOf(step: Step): RepairStatement[] {
  return step.sql.map((sql) => ({
    sql,
    what: step.what,
    object: keyOf(step.kind, step.name),
    destroysRows: step.destroysRows,
    isAlone: /^ALTER TYPE .* ADD VALUE /.test(sql),
  }));
}

/**
 * Plans the statements that turn one schema into another.
 * @param from the schema as it is, read with privileges, owners and exactly
 * @param to the wanted schema, as the same server prints it
 */
export function planRepair(from: Schema, to: Schema, options: RepairOptions): RepairPlan {
  const permitted = withKept(from, to, options);
  const { fates } = permitted;
  const steps = repairSteps(from, permitted.to, fates);
  const left = [...permitted.left, ...fates.left];
  const objects = [...from.objects.values(), ...to.objects.values()];
  const settings = creationSettings(schemaOf(objects, [], to.serverVersion));
  const stop = (obstacles: readonly LeftAlone[]) => ({
    settings,
    statements: [],
    conditions: [],
    wanted: permitted.to,
    left,
    obstacles,
  });
  if (steps.unwritten.length > 0) return stop(steps.unwritten);
  relateSteps(from, permitted.to, fates, steps);
  const ordered = orderSteps(steps.all);
  if ("circle" in ordered)
    return stop(
      ordered.circle.map(({ kind, name, what }) => ({
        key: keyOf(kind, name),
        reason: `"${what}" is part of a circle of steps`,
      })),
    );
  return {
    settings,
    statements: ordered.steps.flatMap(statementsOf),
    conditions: planConditions(from, permitted.to, fates),
    wanted: permitted.to,
    left,
    obstacles: [],
  };
}
