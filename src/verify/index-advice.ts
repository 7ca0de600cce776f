import type { Finding } from "../diff/finding.ts";
import type { Schema, SchemaObject } from "../schema/model.ts";
import { ownName, parentOf, relationName } from "../schema/names.ts";
import { originOf } from "./index-counts.ts";
import type { IndexUsage } from "./index-usage.ts";

function tableOf({ name }: SchemaObject): string {
  return parentOf(name);
}

function textOf(object: SchemaObject, attribute: string): string {
  return String(object.attributes[attribute] ?? "");
}

function columnsOf(object: SchemaObject): string[] {
  return textOf(object, "columns").split(", ");
}

function isPrefix(shorter: readonly string[], longer: readonly string[]): boolean {
  return shorter.length <= longer.length && shorter.every((column, i) => column === longer[i]);
}

function isPlain(object: SchemaObject): boolean {
  return textOf(object, "predicate") === "" && textOf(object, "include") === "";
}

/** The sort order of an index's first columns: direction and nulls, by default ascending with nulls last. */
function orderOf(object: SchemaObject, count: number): string {
  const directions = textOf(object, "directions").split(", ");
  const nulls = textOf(object, "nulls").split(", ");
  return Array.from({ length: count }, (_, i) => {
    const direction = directions[i] || "ASC";
    return `${direction} ${nulls[i] || (direction === "DESC" ? "NULLS FIRST" : "NULLS LAST")}`;
  }).join();
}

/**
 * How columns are compared: indexes that differ in it serve different queries. A constraint's index has the defaults.
 */
function manner(object: SchemaObject, beside: SchemaObject): string {
  const count = columnsOf(beside).length;
  const classes =
    object.kind === "constraint"
      ? textOf(beside, "operatorClasses").replace(/_pattern_ops\b/g, "_ops")
      : textOf(object, "operatorClasses");
  return [
    classes.split(", ").slice(0, count).join(),
    textOf(object, "collations"),
    orderOf(object, count),
  ].join("/");
}

function advice(
  code: string,
  database: string,
  object: SchemaObject,
  message: string,
  hint: string,
): Finding {
  return { code, severity: "advice", database, kind: object.kind, object: object.name, message, hint };
}

/**
 * Indexes that another index of their table makes redundant (a B-tree is usable by its leading columns: manual,
 * section 11.3).
 */
function redundancies(database: string, indexes: readonly SchemaObject[]): Finding[] {
  return indexes.flatMap((index) => {
    if (
      index.kind !== "index" ||
      textOf(index, "method") !== "btree" ||
      index.attributes["unique"] === true ||
      !isPlain(index)
    )
      return [];
    const own = columnsOf(index);
    const others = indexes.filter(
      (other) =>
        other !== index &&
        tableOf(other) === tableOf(index) &&
        isPlain(other) &&
        (other.kind === "constraint" || textOf(other, "method") === "btree") &&
        manner(other, index) === manner(index, index) &&
        isPrefix(own, columnsOf(other)),
    );
    // Of two duplicates, one should stay.
    const better = others.find(
      (other) =>
        columnsOf(other).length > own.length ||
        other.kind === "constraint" ||
        other.attributes["unique"] === true ||
        other.name < index.name,
    );
    if (better === undefined) return [];
    const same = columnsOf(better).length === own.length;
    return [
      advice(
        same ? "duplicate-index" : "redundant-index",
        database,
        index,
        `index ${index.name} (${own.join(", ")}) repeats ${same ? "" : "the first columns of "}${ownName(better.name)} (${columnsOf(better).join(", ")})`,
        "Redundant: it slows writes and helps no query. It is documented, so remove it there first.",
      ),
    ];
  });
}

/** Whether an index contains every row in which some columns have values: an equality never finds NULL. */
function holdsAll(index: SchemaObject, columns: readonly string[]): boolean {
  const predicate = textOf(index, "predicate");
  const conditions = predicate.replace(/[()]/g, "").split(" AND ");
  return (
    predicate === "" ||
    conditions.every((condition) => columns.includes(/^(.*) IS NOT NULL$/.exec(condition)?.[1] ?? ""))
  );
}

/** Whether a valid index of a table begins with some columns, in any order, and contains all rows that have them. */
function covers(indexes: readonly SchemaObject[], table: string, columns: readonly string[]): boolean {
  return indexes.some(
    (index) =>
      tableOf(index) === table &&
      index.attributes["valid"] !== false &&
      holdsAll(index, columns) &&
      [...columns].sort().join() === columnsOf(index).slice(0, columns.length).sort().join(),
  );
}

function indexesOf(schema: Schema): SchemaObject[] {
  return [...schema.objects.values()].filter((object) => originOf(object) !== undefined);
}

/**
 * Whether a table, for example `public.projects`, has an index that begins with some columns and contains all rows.
 */
export function hasIndexOn(schema: Schema, table: string, columns: readonly string[]): boolean {
  return covers(indexesOf(schema), table, columns);
}

/** Foreign keys without an index on their columns: deleting a referenced row reads the whole table. */
function unindexedForeignKeys(database: string, schema: Schema, indexes: readonly SchemaObject[]): Finding[] {
  return [...schema.objects.values()].flatMap((object) => {
    if (object.kind !== "constraint" || object.attributes["type"] !== "foreign key") return [];
    const columns = columnsOf(object);
    if (covers(indexes, tableOf(object), columns)) return [];
    return [
      advice(
        "unindexed-foreign-key",
        database,
        object,
        `foreign key ${object.name} has no index on (${columns.join(", ")})`,
        "Deleting or changing a referenced row reads the whole table: create an index on these columns if that happens often.",
      ),
    ];
  });
}

/** Smaller tables are read as fast without an index, so its use means nothing. */
const fewRows = 10_000;

function unused(
  database: string,
  indexes: readonly SchemaObject[],
  usage: ReadonlyMap<string, IndexUsage>,
): Finding[] {
  return indexes.flatMap((index) => {
    const counted = usage.get(index.name);
    if (index.kind !== "index" || counted === undefined || counted.scans > 0 || counted.rows < fewRows)
      return [];
    const since = counted.since === null ? "" : ` since ${counted.since.toISOString().slice(0, 10)}`;
    return [
      advice(
        "unused-index",
        database,
        index,
        `index ${index.name} was not used${since}`,
        "Check the standbys before you drop it: they have separate statistics.",
      ),
    ];
  });
}

/** An ivfflat index takes its lists from the rows at its build (pgvector, "IVFFlat"). */
function poorVectors(
  database: string,
  indexes: readonly SchemaObject[],
  usage: ReadonlyMap<string, IndexUsage>,
): Finding[] {
  return indexes.flatMap((index) => {
    const counted = usage.get(index.name);
    if (counted?.method !== "ivfflat" || counted.lists === null || counted.rows >= counted.lists) return [];
    const rows = counted.rows < 0 ? "no known number of" : String(counted.rows);
    return [
      advice(
        "few-rows",
        database,
        index,
        `index ${index.name} has ${counted.lists} lists for ${rows} rows; recall will be poor`,
        `Once the table has its rows, run ANALYZE and REINDEX INDEX CONCURRENTLY ${relationName(index.name)}.`,
      ),
    ];
  });
}

/** Bytes around each key in a B-tree page: line pointer and tuple header, aligned (manual, section 73.6). */
const entryOverhead = 12;
/** Usable bytes of a page at the default fillfactor of 90. */
const usablePage = (8192 - 40) * 0.9;
/** Small indexes are not worth a rebuild. */
const fewPages = 128;

function bloated(
  database: string,
  indexes: readonly SchemaObject[],
  usage: ReadonlyMap<string, IndexUsage>,
): Finding[] {
  return indexes.flatMap((index) => {
    const counted = usage.get(index.name);
    if (
      counted === undefined ||
      counted.method !== "btree" ||
      counted.keyWidth === null ||
      counted.rows <= 0 ||
      counted.pages < fewPages ||
      !isPlain(index)
    )
      return [];
    const needed = Math.max(
      1,
      Math.ceil((counted.rows * (entryOverhead + Math.ceil(counted.keyWidth / 8) * 8)) / usablePage),
    );
    if (counted.pages < 2 * needed) return [];
    return [
      advice(
        "bloat",
        database,
        index,
        `index ${index.name} has ${counted.pages} pages where about ${needed} would do (an estimate from the statistics)`,
        "REINDEX INDEX CONCURRENTLY frees the space.",
      ),
    ];
  });
}

/** Possible improvements of a database's indexes; never an error. */
export function indexAdvice(
  database: string,
  schema: Schema,
  usage: ReadonlyMap<string, IndexUsage>,
): Finding[] {
  const indexes = indexesOf(schema);
  return [
    ...redundancies(database, indexes),
    ...unindexedForeignKeys(database, schema, indexes),
    ...unused(database, indexes, usage),
    ...poorVectors(database, indexes, usage),
    ...bloated(database, indexes, usage),
  ];
}
