import { withAccess, withUsual } from "../repair/access.ts";
import { changedAttributes } from "../repair/fates.ts";
import type { RepairPlan } from "../repair/plan-repair.ts";
import { alignSchemas } from "../schema/align.ts";
import { keyOf, type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";

/** What a proof reads of a schema. */
export const extras = { privileges: true, owners: true, exact: true };

/** A schema with each object changed. */
export function mapped(schema: Schema, change: (object: SchemaObject) => SchemaObject): Schema {
  return schemaOf([...schema.objects.values()].map(change), schema.uncovered, schema.serverVersion);
}

/** The differences of two schemas in words, without suppressing any. */
export function differences(wanted: Schema, actual: Schema): string[] {
  const { missing, unexpected, pairs } = alignSchemas(wanted, actual);
  return [
    ...missing.map(({ kind, name }) => `${kind} ${name} is missing`),
    ...unexpected.map(({ kind, name }) => `${kind} ${name} is unexpected`),
    ...pairs.flatMap(([expected, is]) =>
      changedAttributes(expected, is).map(
        (name) =>
          `${name} of ${is.kind} ${is.name} is ${is.attributes[name] ?? "not set"} instead of ${expected.attributes[name] ?? "not set"}`,
      ),
    ),
  ];
}

/** The schema that a script should leave, with the owners and privileges of before. */
export function wantedAfter(from: Schema, { wanted }: RepairPlan): Schema {
  return mapped(wanted, (object) =>
    withUsual(withAccess(object, from.objects.get(keyOf(object.kind, object.name)))),
  );
}

/** What a script has left, in the form of {@link wantedAfter}. */
export function readAfter(schema: Schema): Schema {
  return mapped(schema, withUsual);
}

/** The tables whose rows look different, by their fingerprints. */
export function changedRows(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string[] {
  return [...before].flatMap(([table, print]) => (after.get(table) === print ? [] : [table]));
}
