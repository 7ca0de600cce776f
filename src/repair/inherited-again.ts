import { keyOf, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";
import { itemsOf } from "../sql/parentheses.ts";
import { usualStorage } from "./column-ways.ts";
import { textLiteral } from "./literals.ts";
import { columnValues, sqlName, textOf } from "./names.ts";
import { originsOf } from "./origins.ts";
import { columnList } from "./table-parts.ts";

/** The statements that give columns of a child table what they inherit, instead of the values that they had. */
export function inheritedAgain(wanted: SchemaObject, is: SchemaObject, to: Schema): string[] {
  const name = sqlName(wanted.name);
  const lostIn = (attribute: string) => {
    const kept = new Set(columnValues(textOf(wanted, attribute)).map(([column]) => column));
    return columnValues(textOf(is, attribute)).flatMap(([column]) => {
      const origin = originOf(keyOf("column", `${wanted.name}.${column}`), to);
      return kept.has(column) || origin === undefined ? [] : [{ column, origin }];
    });
  };
  const alter = (column: string) => `ALTER TABLE ONLY ${name} ALTER COLUMN ${column}`;
  return [
    ...lostNotNulls(wanted, is, to).map(
      (column) => `ALTER TABLE ${name} ALTER COLUMN ${column} DROP NOT NULL`,
    ),
    ...lostIn("columnDefaults").map(({ column, origin }) => {
      const preset = textOf(origin, "default");
      return `${alter(column)} ${preset === undefined ? "DROP DEFAULT" : `SET DEFAULT ${preset}`}`;
    }),
    ...lostIn("columnStorage").map(
      ({ column, origin }) =>
        `${alter(column)} SET STORAGE ${textOf(origin, "storage")?.toUpperCase() ?? usualStorage(origin)}`,
    ),
    ...lostIn("columnStatistics").map(
      ({ column, origin }) => `${alter(column)} SET STATISTICS ${origin.attributes["statistics"] ?? -1}`,
    ),
    ...lostIn("columnComments").map(({ column, origin }) => {
      const text = textOf(origin, "comment");
      return `COMMENT ON COLUMN ${name}.${column} IS ${text === undefined ? "NULL" : textLiteral(text)}`;
    }),
  ];
}

/** The column of a table above from which a column is inherited. */
function originOf(key: ObjectKey, schema: Schema): SchemaObject | undefined {
  return originsOf(key, schema)
    .map((origin) => schema.objects.get(origin))
    .find((origin) => origin !== undefined);
}

/** The columns of a child table that lose their own NOT NULL. */
function lostNotNulls(wanted: SchemaObject, is: SchemaObject, to: Schema): string[] {
  const columnsOf = (table: SchemaObject) => itemsOf(textOf(table, "columnNotNulls") ?? "").filter(Boolean);
  const kept = new Set(columnsOf(wanted));
  // A column of a table that inherits it no longer may keep it.
  const isKept = (column: string) =>
    kept.has(column) ||
    to.objects.get(keyOf("column", `${wanted.name}.${column}`))?.attributes["notNull"] === true;
  return columnsOf(is)
    .filter((column) => !isKept(column))
    .map(columnList);
}
