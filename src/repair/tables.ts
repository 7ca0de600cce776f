import type { SchemaObject } from "../schema/model.ts";
import { itemsOf } from "../sql/parentheses.ts";
import { alterColumn, type ColumnForm, columnAddenda, columnDefinition } from "./columns.ts";
import { constraintDefinition } from "./constraints.ts";
import { clause, isSet, sqlName, storageOptions, textOf } from "./names.ts";

/** A table with what its CREATE TABLE contains. */
export interface TableParts {
  readonly table: SchemaObject;
  /** In their order, each with its form. */
  readonly columns: readonly (readonly [column: SchemaObject, form: ColumnForm])[];
  readonly constraints: readonly SchemaObject[];
}

/** Whether a table's columns come from elsewhere: from a partitioned table or a type. */
export function hasOthersColumns({ attributes }: SchemaObject): boolean {
  return (attributes["partitionOf"] ?? attributes["typedOf"] ?? null) !== null;
}

function head(table: SchemaObject): string {
  const isForeign = textOf(table, "type") === "foreign table";
  const word = isForeign ? "FOREIGN " : textOf(table, "persistence") === "unlogged" ? "UNLOGGED " : "";
  const parent = textOf(table, "partitionOf");
  return [
    `CREATE ${word}TABLE ${sqlName(table.name)}`,
    clause("PARTITION OF ", parent === undefined ? undefined : sqlName(parent)),
    clause("OF ", textOf(table, "typedOf")),
  ].join("");
}

function tail(table: SchemaObject): string {
  const inherits = textOf(table, "inherits");
  const [server, storage] = [textOf(table, "server"), textOf(table, "storageParameters")];
  const [method, tablespace] = [textOf(table, "accessMethod"), textOf(table, "tablespace")];
  return [
    clause("INHERITS (", inherits === undefined ? undefined : itemsOf(inherits).map(sqlName).join(", "), ")"),
    clause("", textOf(table, "partitionBound")),
    clause("PARTITION BY ", textOf(table, "partitionKey")),
    clause("SERVER ", server === undefined ? undefined : sqlName(server)),
    clause("OPTIONS (", textOf(table, "options"), ")"),
    clause("USING ", method === undefined || method === "heap" ? undefined : sqlName(method)),
    clause("WITH (", storage === undefined ? undefined : storageOptions(storage), ")"),
    clause("TABLESPACE ", tablespace === undefined ? undefined : sqlName(tablespace)),
  ].join("");
}

/** NOT NULL of a column that comes with the table's type. */
function ownNotNull(column: SchemaObject): string[] {
  if (!isSet(column, "notNull") || textOf(column, "notNullConstraint") !== undefined) return [];
  return [`${alterColumn(column)} SET NOT NULL`];
}

/** The statements that create a table, its columns and the constraints that CREATE TABLE contains. */
export function createTable({ table, columns, constraints }: TableParts): string[] {
  const items = [
    ...columns.map(([column, form]) => columnDefinition(column, form)),
    ...constraints.map(constraintDefinition),
  ];
  const body = hasOthersColumns(table)
    ? ""
    : items.length === 0
      ? " ()"
      : ` (\n${items.map((item) => `    ${item}`).join(",\n")}\n)`;
  const alter = `ALTER TABLE ${sqlName(table.name)}`;
  // That of a foreign table cannot be set.
  const identity = textOf(table, "type") === "foreign table" ? undefined : textOf(table, "replicaIdentity");
  return [
    `${head(table)}${body}${tail(table)}`,
    ...(isSet(table, "rowSecurity") ? [`${alter} ENABLE ROW LEVEL SECURITY`] : []),
    ...(isSet(table, "forceRowSecurity") ? [`${alter} FORCE ROW LEVEL SECURITY`] : []),
    ...(identity === "nothing" || identity === "full"
      ? [`${alter} REPLICA IDENTITY ${identity.toUpperCase()}`]
      : []),
    ...(hasOthersColumns(table) ? columns.flatMap(([column]) => ownNotNull(column)) : []),
    ...columns.flatMap(([column]) => columnAddenda(column)),
  ];
}

/** The name after DROP and COMMENT ON. */
export function tableIdentity(table: SchemaObject): string {
  return `${textOf(table, "type") === "foreign table" ? "FOREIGN TABLE" : "TABLE"} ${sqlName(table.name)}`;
}
