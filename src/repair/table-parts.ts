import type { SchemaObject } from "../schema/model.ts";
import { itemsOf } from "../sql/parentheses.ts";
import { clause, isSet, partName, sqlName, storageOptions, textOf } from "./names.ts";

/** A name in a list of the reader; expressions, which have parentheses, stay. */
function elementName(element: string): string {
  return /^(?:[a-z_][a-z0-9_]*|"(?:[^"]|"")+")$/.test(element) ? sqlName(element) : element;
}

function collationName(name: string | undefined): string | undefined {
  return name === undefined || name === "none" ? name : sqlName(name);
}

/** A list of columns as SQL. */
export function columnList(text: string): string {
  return itemsOf(text).map(elementName).join(", ");
}

/** Column names, expressions, operator classes, collations and directions of the keys of an index. */
export function keyElements(object: SchemaObject): string[] {
  const list = (attribute: string) => {
    const text = textOf(object, attribute);
    return text === undefined ? [] : itemsOf(text);
  };
  const [classes, collations] = [list("operatorClasses"), list("collations")];
  const [directions, nulls] = [list("directions"), list("nulls")];
  const unless = (usual: string, text: string | undefined, before = "") =>
    text === undefined || text === usual ? "" : ` ${before}${text}`;
  return list("columns").map((column, i) =>
    [
      elementName(column),
      unless("none", collationName(collations[i]), "COLLATE "),
      unless("default", classes[i]),
      unless("ASC", directions[i]),
      clause("", nulls[i]),
    ].join(""),
  );
}

/** INCLUDE, NULLS NOT DISTINCT, WITH and TABLESPACE of an index, or of the constraint that has one. */
export function indexOptions(object: SchemaObject, isConstraint: boolean): string {
  const include = textOf(object, "include");
  const storage = textOf(object, "storageParameters");
  const tablespace = textOf(object, "tablespace");
  return [
    clause("INCLUDE (", include === undefined ? undefined : columnList(include), ")"),
    !isConstraint && isSet(object, "nullsNotDistinct") ? " NULLS NOT DISTINCT" : "",
    clause("WITH (", storage === undefined ? undefined : storageOptions(storage), ")"),
    clause(
      isConstraint ? "USING INDEX TABLESPACE " : "TABLESPACE ",
      tablespace === undefined ? undefined : sqlName(tablespace),
    ),
  ].join("");
}

/** What an index is to its table, and statistics of its expressions. */
export function indexRoles(object: SchemaObject, table: string, index: string): string[] {
  const statistics = textOf(object, "statistics");
  return [
    ...(isSet(object, "clustered") ? [`ALTER TABLE ${table} CLUSTER ON ${partName(object.name)}`] : []),
    ...(isSet(object, "replicaIdentity")
      ? [`ALTER TABLE ${table} REPLICA IDENTITY USING INDEX ${partName(object.name)}`]
      : []),
    ...(statistics === undefined
      ? []
      : itemsOf(statistics).map((item) => {
          const [number, target] = item.split(": ");
          return `ALTER INDEX ${index} ALTER COLUMN ${number} SET STATISTICS ${target}`;
        })),
  ];
}
