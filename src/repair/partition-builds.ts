import { hostOf } from "../schema/hosts.ts";
import type { ObjectKey, Schema, SchemaObject } from "../schema/model.ts";
import { dotted, partsOfName } from "../schema/names.ts";
import { itemsOf } from "../sql/parentheses.ts";
import { keyOfObject } from "./dependencies.ts";
import type { Fates } from "./fates.ts";
import { longestName } from "./free-names.ts";
import { createIndex } from "./indexes.ts";
import { isSet, nameInSchema, textOf } from "./names.ts";
import { type Step, stepOf } from "./steps.ts";

/** The name that PostgreSQL gives the index of a partition; undefined if it is shortened, or has an expression. */
function usualName(index: SchemaObject, partition: SchemaObject): string | undefined {
  const items = [textOf(index, "columns"), textOf(index, "include")].flatMap((text) => itemsOf(text ?? ""));
  const columns = items.filter((item) => item !== "");
  if (columns.some((column) => column.includes("("))) return undefined;
  const own = partsOfName(partition.name).at(-1) ?? "";
  const name = [own, ...columns.flatMap(partsOfName), "idx"].join("_");
  return Buffer.byteLength(name) > longestName ? undefined : `${partition.name}.${dotted(name)}`;
}

/** The partitions of a table; undefined if the script changes which they are, or an index has a chosen name. */
function partitionsOf(
  host: SchemaObject,
  index: SchemaObject,
  [from, to]: readonly [Schema, Schema],
  fates: Fates,
): readonly SchemaObject[] | undefined {
  const below = ({ objects }: Schema) =>
    [...objects.values()].filter((one) => one.kind === "table" && textOf(one, "partitionOf") === host.name);
  const partitions = below(to);
  const keys = new Set<ObjectKey>(partitions.map(keyOfObject));
  const isSettled = (one: SchemaObject) => {
    const key = keyOfObject(one);
    const fate = fates.of.get(key);
    return (
      keys.has(key) &&
      (fate === undefined || fate === "alter") &&
      !fates.changes.get(key)?.has("partitionOf") &&
      textOf(one, "partitionKey") === undefined &&
      textOf(one, "type") !== "foreign table"
    );
  };
  const isPart = (one: SchemaObject) =>
    isSet(one, "ofPartition") &&
    keys.has(hostOf(one) ?? keyOfObject(one)) &&
    ["method", "unique", "columns", "predicate"].every(
      (name) => (one.attributes[name] ?? null) === (index.attributes[name] ?? null),
    );
  const hasChosenName = [...to.objects.values()].some(isPart);
  const all = [...partitions, ...below(from)];
  return all.length > 0 && all.every(isSettled) && !hasChosenName ? partitions : undefined;
}

/**
 * The steps that build the index of a partitioned table: that of the table is not valid until it has those of all
 * partitions, which are built one by one (manual, section 5.12.2.1).
 * @param rest what follows the creation of the index
 * @returns undefined if the partitions or the names of their indexes are not certain
 */
export function partitionBuilds(
  index: SchemaObject,
  host: SchemaObject,
  rest: readonly string[],
  schemas: readonly [from: Schema, to: Schema],
  fates: Fates,
): readonly [Step, ...Step[]] | undefined {
  const partitions = partitionsOf(host, index, schemas, fates);
  if (partitions === undefined) return undefined;
  const parts = partitions.flatMap((partition) => usualName(index, partition) ?? []);
  if (parts.length < partitions.length) return undefined;
  return [
    stepOf(index, "create", [createIndex(index, { only: true }), ...rest]),
    ...parts.map((name) =>
      stepOf(index, "build a part of", [createIndex({ ...index, name }, { concurrently: true })], {
        mode: "outside",
      }),
    ),
    stepOf(
      index,
      "attach the parts of",
      parts.map((name) => `ALTER INDEX ${nameInSchema(index.name)} ATTACH PARTITION ${nameInSchema(name)}`),
    ),
  ];
}
