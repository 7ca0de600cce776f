import type { Session } from "../database/session.ts";
import { circlesOf } from "../repair/circles.ts";
import { keyOfObject } from "../repair/dependencies.ts";
import { sqlName, textOf } from "../repair/names.ts";
import { columnList } from "../repair/table-parts.ts";
import { keyOf, type Schema, type SchemaObject } from "../schema/model.ts";
import { ownName, parentOf } from "../schema/names.ts";
import { itemsOf } from "../sql/parentheses.ts";
import { dollarQuoted, literal } from "../sql/quote.ts";
import { batches } from "./batches.ts";
import { SampleValues } from "./sample-values.ts";

/**
 * Which rows are generated: a few at the edges of their types, one with plain values, none, or several that differ in
 * their keys only.
 */
export type RowLevel = "edges" | "plain" | "none" | "alike";

export interface FillOptions {
  /** Another schema of the same tables, whose constants are also tried. */
  readonly wanted?: Schema;
  /** The first row that is tried. */
  readonly start?: number;
}

const enough: Readonly<Record<RowLevel, number>> = { edges: 3, plain: 1, none: 0, alike: 3 };
const attempts = 12;
/** A table with all that its rows depend on. */
interface Filled {
  readonly table: SchemaObject;
  readonly columns: readonly SchemaObject[];
  /** Accepted values by the name of a column. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Columns of a unique key, whose values differ. */
  readonly keys: ReadonlySet<string>;
  readonly references: readonly SchemaObject[];
}

/** Candidates that their column does not refuse. */
async function acceptedValues(
  session: Session,
  columns: readonly SchemaObject[],
  samples: SampleValues,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>(columns.map((column) => [column.name, [...samples.of(column)]]));
  const tried = columns.filter((column) => samples.isUncertain(column));
  const tests = tried.flatMap((column) =>
    samples.of(column).map((value) => {
      const own = sqlName(ownName(column.name));
      const checks = samples.checksOf(column).map((check) => `(${check})`);
      const one = `SELECT ${["own::text IS NOT NULL", ...checks].join(" AND ")} FROM (SELECT ${literal(value)}::text::${textOf(column, "type")} AS ${own}) AS own`;
      return { column: column.name, value, one };
    }),
  );
  if (tests.length === 0) return found;
  for (const column of tried) found.set(column.name, []);
  await session.run(
    `CREATE FUNCTION pg_temp.accepts(test text) RETURNS boolean LANGUAGE plpgsql AS ${dollarQuoted(
      "DECLARE accepted boolean; BEGIN EXECUTE test INTO accepted; RETURN coalesce(accepted, true); EXCEPTION WHEN OTHERS THEN RETURN false; END",
    )}`,
  );
  for (const part of batches(tests.map((test, number) => ({ ...test, number })))) {
    const list = part.map(({ number, one }) => `(${number}, ${literal(one)})`).join(", ");
    const rows = await session.run<{ number: number }>(
      `SELECT number FROM (VALUES ${list}) AS test(number, sql) WHERE pg_temp.accepts(sql) ORDER BY number`,
    );
    for (const { number } of rows) {
      const test = tests[number];
      if (test !== undefined) found.get(test.column)?.push(test.value);
    }
  }
  await session.run("DROP FUNCTION pg_temp.accepts(text)");
  return found;
}

function namesIn(object: SchemaObject, attribute: string): readonly string[] {
  const text = textOf(object, attribute);
  return text === undefined ? [] : itemsOf(columnList(text));
}

/** A row of the referenced table for each column of a foreign key: the same one for all. */
function referenced(key: SchemaObject, turn: number): (readonly [column: string, value: string])[] {
  const others = namesIn(key, "referencedColumns");
  const table = sqlName(targetOf(key));
  return namesIn(key, "columns").map((column, i) => [
    column,
    `(SELECT ${others[i]} FROM ${table} ORDER BY tableoid, ctid LIMIT 1 OFFSET ${turn % 2})`,
  ]);
}

/** Which value of a column a row has: aligned at first, then in other combinations. */
function placeOf(turn: number, column: number, isKey: boolean, level: RowLevel): number {
  if (level === "alike") return isKey ? turn % 6 : Math.floor(turn / 6);
  return turn + Math.floor(turn / 4) * column;
}

/** The statement for a row; `turn` varies its values, and the last one leaves out what may be NULL. */
function insert(filled: Filled, level: RowLevel, turn: number, references = filled.references): string {
  const { table, columns, values, keys } = filled;
  const set = columns.filter(
    (column) => textOf(column, "generated") === undefined && textOf(column, "identity") === undefined,
  );
  const name = sqlName(table.name);
  if (set.length === 0) return `INSERT INTO ${name} DEFAULT VALUES`;
  const of = new Map(references.flatMap((key) => referenced(key, turn)));
  const isSparse = level === "edges" && turn === attempts - 1;
  const list = set.map((column, i) => {
    const own = sqlName(ownName(column.name));
    const candidates = values.get(column.name) ?? [];
    const reference = of.get(own);
    if (reference !== undefined) return reference;
    const place = placeOf(turn, i, keys.has(own), level);
    const value = candidates[place % Math.max(candidates.length, 1)];
    if (value === undefined || (isSparse && column.attributes["notNull"] === false)) return "NULL";
    return `${literal(value)}::text::${textOf(column, "type")}`;
  });
  const names = set.map((column) => sqlName(ownName(column.name)));
  return `INSERT INTO ${name} (${names.join(", ")}) VALUES (${list.join(", ")})`;
}

/** Statements that insert rows into a table until it has enough, as far as its constraints accept them. */
function filling(filled: Filled, level: RowLevel, start: number): string {
  const name = sqlName(filled.table.name);
  const tried = Array.from({ length: attempts }, (_, i) => insert(filled, level, i + start));
  const sparse = level === "edges" ? tried.pop() : undefined;
  const attempt = (sql: string) =>
    `BEGIN ${sql}; GET DIAGNOSTICS row_count = ROW_COUNT; filled := filled + row_count; EXCEPTION WHEN OTHERS THEN NULL; END;`;
  return [
    `IF NOT EXISTS (SELECT FROM ${name}) THEN filled := 0;`,
    ...[...new Set(tried)].map((sql) => `IF filled < ${enough[level]} THEN ${attempt(sql)} END IF;`),
    ...(sparse === undefined ? [] : [attempt(sparse)]),
    "END IF;",
  ].join("\n");
}

async function runBlock(
  session: Session,
  declarations: string,
  statements: readonly string[],
): Promise<void> {
  const body = `DECLARE ${declarations} BEGIN\n${statements.join("\n")}\nEND`;
  await session.run(`DO ${dollarQuoted(body)}`);
}

/** The table that a foreign key refers to. */
function targetOf(key: SchemaObject): string {
  return textOf(key, "referencedTable") ?? "";
}

/** Tables that need rows of each other, or of themselves. */
function circlesAmong(open: readonly Filled[]): Filled[][] {
  const known = new Map(open.map((filled) => [keyOfObject(filled.table), filled]));
  const graph = new Map(
    [...known].map(([key, { references }]) => [
      key,
      references.map((one) => keyOf("table", targetOf(one))).filter((other) => known.has(other)),
    ]),
  );
  const own = [...graph].flatMap(([key, needs]) => (needs.includes(key) ? [new Set([key])] : []));
  const circles = new Set([...circlesOf(graph).values(), ...own]);
  return [...circles].map((circle) => [...circle].flatMap((key) => known.get(key) ?? []));
}

/** Fills tables of a circle: with equal values in keys and references, and only if all references then hold. */
async function fillCircle(session: Session, circle: readonly Filled[]): Promise<void> {
  const names = new Set(circle.map(({ table }) => table.name));
  const isInside = (key: SchemaObject) => names.has(targetOf(key));
  const checks = circle.flatMap(({ table, references }) =>
    references.filter(isInside).map((key) => {
      const columns = namesIn(key, "columns");
      const isSet = columns.map((column) => `${column} IS NOT NULL`).join(" AND ");
      const others = namesIn(key, "referencedColumns").join(", ");
      const orphans = `SELECT ${columns.join(", ")} FROM ${sqlName(table.name)} WHERE ${isSet} EXCEPT SELECT ${others} FROM ${sqlName(targetOf(key))}`;
      return `IF EXISTS (${orphans}) THEN RAISE EXCEPTION 'a reference does not hold'; END IF;`;
    }),
  );
  const outside = ({ references }: Filled) => references.filter((key) => !isInside(key));
  // Nothing checks references while rows are replicated.
  await runBlock(session, "", [
    "PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);",
    ...circle.map((filled) => `${insert(filled, "plain", 0, outside(filled))};`),
    ...checks,
    "PERFORM pg_catalog.set_config('session_replication_role', 'origin', true);",
  ]).catch(() => {
    // They stay empty, which is reported.
  });
}

/** The names of those tables that have no row. */
export async function emptyAmong(session: Session, tables: readonly SchemaObject[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (const part of batches(tables)) {
    const rows = await session.run<{ name: string }>(
      part
        .map(({ name }) => `SELECT ${literal(name)} AS name WHERE NOT EXISTS (SELECT FROM ${sqlName(name)})`)
        .join(" UNION ALL "),
    );
    for (const { name } of rows) found.add(name);
  }
  return found;
}

/** Groups the objects of a kind by the table that has them. */
function byTable(
  schema: Schema,
  isWanted: (object: SchemaObject) => boolean,
): ReadonlyMap<string, SchemaObject[]> {
  const found = new Map<string, SchemaObject[]>();
  for (const object of schema.objects.values()) {
    if (!isWanted(object)) continue;
    const table = parentOf(object.name);
    const known = found.get(table);
    if (known === undefined) found.set(table, [object]);
    else known.push(object);
  }
  return found;
}

function isForeignKey({ kind, attributes }: SchemaObject): boolean {
  return kind === "constraint" && attributes["type"] === "foreign key";
}

function isKey({ kind, attributes }: SchemaObject): boolean {
  return kind === "index"
    ? attributes["unique"] === true
    : kind === "constraint" && /unique|primary/.test(String(attributes["type"]));
}

/**
 * Fills empty tables with rows, as far as their constraints accept them.
 * @returns the tables that stay empty
 */
export async function fillTables(
  session: Session,
  schema: Schema,
  tables: readonly SchemaObject[],
  level: RowLevel,
  { wanted = schema, start = 0 }: FillOptions = {},
): Promise<string[]> {
  // Rows of partitions come through their partitioned tables; those of foreign tables are elsewhere.
  const roots = tables.filter(
    (table) => textOf(table, "partitionOf") === undefined && textOf(table, "type") !== "foreign table",
  );
  if (level === "none" || roots.length === 0) return roots.map(({ name }) => name);
  const columns = byTable(schema, ({ kind }) => kind === "column");
  const [references, keys] = [byTable(schema, isForeignKey), byTable(schema, isKey)];
  const own = roots.flatMap(({ name }) => columns.get(name) ?? []);
  const values = await acceptedValues(session, own, new SampleValues(schema, wanted));
  const all = roots.map(
    (table): Filled => ({
      table,
      columns: columns.get(table.name) ?? [],
      values,
      keys: new Set((keys.get(table.name) ?? []).flatMap((key) => namesIn(key, "columns"))),
      references: references.get(table.name) ?? [],
    }),
  );
  const fill = async (some: readonly Filled[]) => {
    for (const part of batches(some))
      await runBlock(session, "filled integer; row_count integer;", [
        "SET CONSTRAINTS ALL IMMEDIATE;",
        ...part.map((filled) => filling(filled, level, start)),
      ]);
    const empty = await emptyAmong(session, roots);
    return some.filter(({ table }) => empty.has(table.name));
  };
  let open = await fill(all);
  // Tables may refer to some that are filled later: in another round, or only together with them.
  for (let before = open.length + 1; open.length > 0 && open.length < before; ) {
    before = open.length;
    for (const circle of circlesAmong(open)) await fillCircle(session, circle);
    open = await fill(open);
  }
  return open.map(({ table }) => table.name);
}
