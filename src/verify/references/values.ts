import type { Session } from "../../database/session.ts";
import type { Finding } from "../../diff/finding.ts";
import type { DocumentedSchema, ListedValues } from "../../document/model.ts";
import { keyOf, type Schema } from "../../schema/model.ts";
import { dotted, plainName } from "../../schema/names.ts";
import { identifier, literal } from "../../sql/quote.ts";
import { fullRead } from "../full-read.ts";
import { keyTypeOf } from "./key-type.ts";
import type { CheckedDatabase } from "./plan.ts";
import { type ColumnPlace, nameOf, placeOf } from "./reference.ts";

/** A column whose values the document lists, without a CHECK in the database. */
export interface ListedColumn {
  readonly place: ColumnPlace;
  readonly listed: ListedValues;
}

export interface ValuesResult {
  readonly column: ListedColumn;
  /** Rows with a value. */
  readonly checked: number;
  /** Rows with an unlisted value. */
  readonly offending: number;
  /** The most frequent unlisted values. */
  readonly examples: readonly { readonly value: string; readonly rows: number }[];
}

/** Whether a CHECK concerns this column alone: the database then enforces its values. */
function isGuarded(schema: Schema, table: string, column: string): boolean {
  const key = keyOf("column", `${table}.${column}`);
  return [...schema.objects.values()].some(
    ({ kind, name, attributes, needs }) =>
      kind === "constraint" &&
      attributes["type"] === "check" &&
      name.startsWith(`${table}.`) &&
      needs.filter((need) => need.startsWith(`column ${table}.`)).every((need) => need === key) &&
      needs.includes(key),
  );
}

/** The columns of a database whose comments list values that nothing else enforces. */
export function listedColumns(
  document: DocumentedSchema,
  { key, name, live }: CheckedDatabase,
): ListedColumn[] {
  return document.tables
    .filter(({ database }) => database === name)
    .flatMap((table) =>
      table.values.flatMap((listed) => {
        const column = live.objects.get(keyOf("column", `${listed.table}.${plainName(listed.column)}`));
        const keyType = keyTypeOf(String(column?.attributes["type"] ?? ""));
        if (keyType?.orderType !== "bytea" || isGuarded(live, listed.table, plainName(listed.column)))
          return [];
        const place = placeOf(key, listed.table, listed.column);
        return [{ place, listed }];
      }),
    );
}

/** How many unlisted values are reported. */
const examplesNamed = 5;

/** Counts the rows with an unlisted value. */
export async function checkValues(session: Session, column: ListedColumn): Promise<ValuesResult> {
  const { place, listed } = column;
  const value = identifier(place.column);
  const table = `${identifier(place.schema)}.${identifier(place.table)}`;
  const list = listed.values.map((word) => literal(word)).join(", ");
  const rows = await fullRead<{ checked: number; offending: number; value: string | null; rows: number }>(
    session,
    `SELECT sum(n) OVER ()::float8 AS checked, coalesce(sum(n) FILTER (WHERE v NOT IN (${list})) OVER (), 0)::float8 AS offending,
       CASE WHEN v NOT IN (${list}) THEN v END AS value, n::float8 AS rows
     FROM (SELECT ${value}::text AS v, count(*) AS n FROM ${table} WHERE ${value} IS NOT NULL GROUP BY 1) g
     ORDER BY (v NOT IN (${list})) DESC, n DESC, v COLLATE "C" LIMIT ${examplesNamed}`,
  );
  const [first] = rows;
  return {
    column,
    checked: first?.checked ?? 0,
    offending: first?.offending ?? 0,
    examples: rows.flatMap(({ value: text, rows: count }) =>
      text === null ? [] : [{ value: text, rows: count }],
    ),
  };
}

/** The finding for a column with unlisted values. */
export function valuesFinding({ column, offending, examples }: ValuesResult): Finding[] {
  if (offending === 0) return [];
  const { place, listed } = column;
  const named = examples.map(({ value, rows }) => `"${value}" (${rows})`).join(", ");
  return [
    {
      code: "unlisted-value",
      severity: "error",
      database: place.database,
      kind: "column",
      object: dotted(place.schema, place.table, place.column),
      expected: listed.values.join(", "),
      actual: named,
      location: listed.location,
      message: `${offending} ${offending === 1 ? "row" : "rows"} of ${nameOf(place)} hold values that the document does not list: ${named}`,
      hint: "Correct the rows, or list the values; a CHECK constraint would keep the others out.",
    },
  ];
}
