import { plainName } from "../schema/names.ts";
import { defaultCollation, type IndexNames } from "./index-names.ts";
import { type IndexRow, usualIndex } from "./index-rows.ts";
import { listOf, numbersOf } from "./names.ts";
import { catalogs, type Registry } from "./registry.ts";

/** Bits of pg_index.indoption (catalog/pg_index.h). */
const descending = 1;
const nullsFirst = 2;

/** The parts of an index as attributes, lists in the order of the key columns. */
export function indexParts(row: IndexRow, names: IndexNames, registry: Registry) {
  const numbers = numbersOf(row.numbers);
  const rare = row.rare ?? usualIndex;
  const expressions = [...(rare.expressions ?? [])];
  const keys = numbers.slice(0, row.keyCount);
  const columns = keys.map((number) =>
    number === 0 ? (expressions.shift() ?? "?") : (registry.columnNames(row.relation, [number])[0] ?? "?"),
  );
  const classes = numbersOf(row.operatorClasses).map((oid, i) => {
    const options = rare.classOptions?.[String(i + 1)];
    const type = registry.columnType(row.relation, numbers[i] ?? 0);
    if (options === undefined && names.operatorClasses.isDefault(oid, type)) return "default";
    return `${names.operatorClasses.nameOf(oid)}${options === undefined ? "" : `(${options})`}`;
  });
  const collations = numbersOf(row.collations).slice(0, row.keyCount);
  const options = numbersOf(row.options);
  const isDescending = (bits: number) => (bits & descending) !== 0;
  return {
    columns: columns.join(", "),
    operatorClasses: classes.every((name) => name === "default") ? null : classes.join(", "),
    collations: collations.every((oid) => oid === 0 || oid === defaultCollation)
      ? null
      : collations.map((oid) => (oid === 0 ? "none" : (names.collations.get(oid) ?? oid))).join(", "),
    directions: options.some(isDescending)
      ? options.map((bits) => (isDescending(bits) ? "DESC" : "ASC")).join(", ")
      : null,
    // Ascending keys sort nulls last by default, descending keys first.
    nulls: options.some((bits) => isDescending(bits) !== ((bits & nullsFirst) !== 0))
      ? options.map((bits) => ((bits & nullsFirst) !== 0 ? "NULLS FIRST" : "NULLS LAST")).join(", ")
      : null,
    include: listOf(registry.columnNames(row.relation, numbers.slice(row.keyCount))),
    statistics: listOf(
      Object.entries(rare.statistics ?? {}).map(([number, target]) => `${number}: ${target}`),
    ),
  };
}

/** Objects that an index depends on. */
export function indexNeeds(row: IndexRow, registry: Registry) {
  return [
    registry.relation(row.relation)?.key,
    ...registry.columnKeys(row.relation, numbersOf(row.numbers)),
    ...registry.uses(catalogs.class, row.oid),
    ...numbersOf(row.operatorClasses).map((oid) => registry.key(catalogs.operatorClass, oid)),
    registry.key(catalogs.accessMethod, row.methodOid),
  ];
}

/** The properties of an index other than its key and its name. */
export function indexState({ rare }: IndexRow) {
  const { storageParameters, tablespace, clustered, replicaIdentity, valid, ready, live } =
    rare ?? usualIndex;
  return { storageParameters, tablespace, clustered, replicaIdentity, valid, ready, live };
}

/** The name of an index within its table. */
export function indexName(row: IndexRow, registry: Registry): string | undefined {
  const relation = registry.relation(row.relation);
  return relation === undefined ? undefined : `${relation.name}.${plainName(row.name)}`;
}
