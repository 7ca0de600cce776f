import { isServerError } from "../database/server-error.ts";
import type { Session } from "../database/session.ts";
import { sqlName, textOf } from "../repair/names.ts";
import type { Schema, SchemaObject } from "../schema/model.ts";
import { parentOf } from "../schema/names.ts";
import { literal } from "../sql/quote.ts";

/** Values at the edges of types, as text; other types get the first value that they accept of the last row. */
const samples: readonly (readonly [type: RegExp, values: readonly string[]])[] = [
  [/^smallint/, ["1", "32767", "-32768", "0"]],
  [/^(integer|oid)/, ["1", "2147483647", "-2147483648", "0"]],
  [/^bigint/, ["1", "9223372036854775807", "-9223372036854775808", "0"]],
  [/^(numeric|real|double|money)/, ["1", "0", "0.5", "-1"]],
  [/^boolean/, ["true", "false"]],
  [/^uuid/, ["00000000-0000-0000-0000-000000000001", "ffffffff-ffff-ffff-ffff-ffffffffffff"]],
  [/^(date|timestamp)/, ["2000-01-01", "2025-06-01", "4713-01-01 BC", "9999-12-31"]],
  [/^time/, ["00:00:00", "23:59:59.999999"]],
  [/^interval/, ["1 day", "-1 second"]],
  [/^jsonb?$/, ['{"a": [1, null]}', "null", "[]"]],
  [/^(int|num|ts|tstz|date|int\d)range/, ["empty"]],
  [/^(inet|cidr)/, ["127.0.0.1", "::1"]],
  [/\[\]$/, ["{}", "{1}", "{a}"]],
  [/./, ["1", "a", "ä😀 '\\", "", "0013"]],
];

function valuesOf(type: string): readonly string[] {
  return samples.find(([pattern]) => pattern.test(type))?.[1] ?? [];
}

/** The labels of enums by their names, as SQL. */
function labels(schema: Schema): ReadonlyMap<string, readonly string[]> {
  const found = [...schema.objects.values()].filter(({ attributes }) => attributes["type"] === "enum");
  return new Map(
    found.map((type) => [
      sqlName(type.name),
      [...(textOf(type, "values") ?? "").matchAll(/'((?:[^']|'')*)'/g)].map(([, label = ""]) =>
        label.replaceAll("''", "'"),
      ),
    ]),
  );
}

/** What a foreign key allows: a row of the referenced table, by column. */
function references(table: SchemaObject, schema: Schema): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { kind, name, attributes } of schema.objects.values()) {
    if (kind !== "constraint" || attributes["type"] !== "foreign key" || parentOf(name) !== table.name)
      continue;
    const own = String(attributes["columns"]).split(", ");
    const others = String(attributes["referencedColumns"]).split(", ");
    own.forEach((column, i) => {
      const other = sqlName(others[i] ?? "");
      found.set(
        column,
        `(SELECT ${other} FROM ${sqlName(String(attributes["referencedTable"]))} ORDER BY 1 LIMIT 1)`,
      );
    });
  }
  return found;
}

const attempts = 6;

/** The statement for a row of a table; `turn` varies its values. */
function insert(table: SchemaObject, columns: readonly SchemaObject[], schema: Schema, turn: number): string {
  const named = labels(schema);
  const keys = references(table, schema);
  const set = columns.filter(
    (column) => textOf(column, "generated") === undefined && textOf(column, "identity") === undefined,
  );
  if (set.length === 0) return `INSERT INTO ${sqlName(table.name)} DEFAULT VALUES`;
  const values = set.map((column) => {
    const own = column.name.slice(table.name.length + 1);
    const key = keys.get(own);
    if (key !== undefined) return key;
    const type = textOf(column, "type") ?? "";
    const list = named.get(type) ?? valuesOf(type);
    const value = list[turn % Math.max(list.length, 1)];
    if (value === undefined || (turn === attempts - 1 && column.attributes["notNull"] === false))
      return "NULL";
    return `${literal(value)}::text::${type}`;
  });
  const names = set.map(({ name }) => sqlName(name.slice(table.name.length + 1)));
  return `INSERT INTO ${sqlName(table.name)} (${names.join(", ")}) VALUES (${values.join(", ")})`;
}

/** Which rows are generated: a few at the edges of their types, one with plain values, or none. */
export const rowLevels = ["edges", "plain", "none"] as const;
export type RowLevel = (typeof rowLevels)[number];

const enough: Readonly<Record<RowLevel, number>> = { edges: 2, plain: 1, none: 0 };

/**
 * Fills tables with rows, as far as their constraints accept them.
 * @returns the tables that stay empty
 */
export async function fillTables(
  session: Session,
  schema: Schema,
  tables: readonly SchemaObject[],
  level: RowLevel,
): Promise<string[]> {
  const columns = new Map<string, SchemaObject[]>();
  for (const object of schema.objects.values()) {
    if (object.kind !== "column") continue;
    const table = parentOf(object.name);
    columns.set(table, [...(columns.get(table) ?? []), object]);
  }
  const filled = new Set<string>();
  // A table may refer to one that is filled later: the second round finds its rows.
  // Rows of partitions come through their partitioned tables.
  const roots = tables.filter((table) => textOf(table, "partitionOf") === undefined);
  for (let round = 0; round < 2; round++)
    for (const table of roots) {
      if (filled.has(table.name)) continue;
      let rows = 0;
      // Few, so that their values differ: a wanted key must not fail on them.
      for (let turn = 0; turn < attempts && rows < enough[level]; turn++) {
        const sql = insert(table, columns.get(table.name) ?? [], schema, turn);
        await session.run(sql).then(
          () => rows++,
          () => {},
        );
      }
      if (rows > 0) filled.add(table.name);
    }
  return roots.map(({ name }) => name).filter((name) => !filled.has(name));
}

/**
 * Removes all rows of tables, and of those that refer to them. TRUNCATE builds the indexes again: where that is not
 * possible, only the rows of the tables themselves are removed, without triggers.
 */
export async function emptyTables(session: Session, tables: readonly SchemaObject[]): Promise<void> {
  if (tables.length === 0) return;
  const names = tables.map(({ name }) => sqlName(name));
  await session.run(`TRUNCATE ${names.join(", ")} CASCADE`).catch(async (error: unknown) => {
    if (!isServerError(error)) throw error;
    const deletes = names.map((name) => `DELETE FROM ${name};`);
    await session.run(
      `SET session_replication_role = replica; ${deletes.join(" ")} RESET session_replication_role`,
    );
  });
}

/** The rows of tables as they look in the given columns: one text for each table. */
export async function fingerprints(
  session: Session,
  columnsByTable: ReadonlyMap<string, readonly string[]>,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const [table, columns] of columnsByTable) {
    const list = columns.map((column) => `coalesce(${column}::text, '(null)')`).join(", ");
    const [row] = await session.run<{ print: string }>(
      `SELECT count(*) || ':' || md5(coalesce(string_agg(r, ';' ORDER BY r COLLATE "C"), '')) AS print FROM (SELECT concat_ws('|', ${list === "" ? "''" : list}) AS r FROM ${table}) t`,
    );
    found.set(table, row?.print ?? "");
  }
  return found;
}
