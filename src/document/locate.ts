import type { Location } from "../errors.ts";
import { onlyColumnOf } from "../schema/hosts.ts";
import type { SchemaObject } from "../schema/model.ts";
import { dotted, partsOfName } from "../schema/names.ts";
import { findName, says } from "../sql/find-name.ts";
import { type DocumentedSchema, sectionsOf } from "./model.ts";

/**
 * Where a document defines an object: the line of its column, constraint or index, else its table's heading.
 * @param database name of the database, for example `shop`
 */
export function locateObject(
  document: DocumentedSchema,
  database: string,
  object: SchemaObject,
  attribute?: string,
): Location | undefined {
  const [schema = "", tableName = "", part] = partsOfName(object.name);
  const table = document.tables.find(
    (candidate) => candidate.database === database && candidate.name === dotted(schema, tableName),
  );
  if (table === undefined) return undefined;
  if (part === undefined && attribute !== "comment") return table.location;
  const column = onlyColumnOf(object);
  const elsewhere = sectionsOf(document, database)
    .flatMap(({ statements }) => statements)
    .filter((statement) => says(statement, tableName));
  const find = (name: string) =>
    findName(table.statements, name, attribute) ?? findName(elsewhere, name, attribute);
  return find(part ?? tableName) ?? (column === undefined ? undefined : find(column)) ?? table.location;
}
