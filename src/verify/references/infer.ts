import type { DocumentedSchema, DocumentedTable, LogicalReference } from "../../document/model.ts";
import type { Location } from "../../errors.ts";
import { keyOf, type Schema, type SchemaObject } from "../../schema/model.ts";
import { ownName, parentOf, partsOfName } from "../../schema/names.ts";
import { elementType } from "./key-type.ts";

/** An array column, and the reference that its name implies, if any. */
export interface ArrayColumn {
  readonly table: DocumentedTable;
  readonly column: SchemaObject;
  readonly reference: LogicalReference | undefined;
}

/** Single-column primary keys of a schema's tables: the column and its type, by table name. */
function primaryKeys(schema: Schema): ReadonlyMap<string, { column: string; type: string }> {
  const keys = new Map<string, { column: string; type: string }>();
  for (const { kind, name, attributes } of schema.objects.values()) {
    if (kind !== "constraint" || attributes["type"] !== "primary key") continue;
    const table = parentOf(name);
    const column = String(attributes["columns"]);
    const type = schema.objects.get(keyOf("column", `${table}.${column}`))?.attributes["type"];
    if (type !== undefined) keys.set(table, { column, type: String(type) });
  }
  return keys;
}

/**
 * The only table that a column's name matches: `spec_ids` matches `specifications`, `learned_from_projects` matches
 * `projects`.
 */
function tableNamedBy(column: string, tables: readonly string[]): string | undefined {
  const stem = /^(.+)_ids$/.exec(column)?.[1];
  const fitting = tables.filter((identity) => {
    const table = partsOfName(identity).at(-1) ?? "";
    return stem === undefined ? column === table || column.endsWith(`_${table}`) : table.startsWith(stem);
  });
  const exact = fitting.filter((identity) => [stem, `${stem}s`].includes(partsOfName(identity).at(-1)));
  const [only, second] = exact.length > 0 ? exact : fitting;
  return second === undefined ? only : undefined;
}

/**
 * Arrays of UUIDs, which no foreign key can enforce. Their reference is in a comment, or follows from the column's
 * name if exactly one table of the database matches it, with a primary key of the elements' type.
 * @param locate finds where the document defines a column
 */
export function keyArrays(
  document: DocumentedSchema,
  database: string,
  schema: Schema,
  locate: (column: SchemaObject) => Location | undefined,
): ArrayColumn[] {
  const keys = primaryKeys(schema);
  const tables = document.tables.filter((table) => table.database === database);
  return tables.flatMap((table) =>
    [...schema.objects.values()].flatMap((column): ArrayColumn[] => {
      const element = elementType(String(column.attributes["type"] ?? ""));
      if (column.kind !== "column" || parentOf(column.name) !== table.name) return [];
      if (element !== "uuid") return [];
      const [name = ""] = partsOfName(ownName(column.name));
      if (table.references.some((reference) => reference.column === name)) return [];
      const toTable = tableNamedBy(
        name,
        tables.filter((other) => keys.get(other.name)?.type === element).map((other) => other.name),
      );
      const toColumn = keys.get(toTable ?? "")?.column;
      const reference =
        toTable === undefined || toColumn === undefined
          ? undefined
          : {
              table: table.name,
              column: name,
              toDatabase: database,
              toTable,
              toColumn,
              location: locate(column) ?? table.location,
            };
      return [{ table, column, reference }];
    }),
  );
}
