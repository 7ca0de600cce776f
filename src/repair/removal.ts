import type { SchemaObject } from "../schema/model.ts";
import { constraints } from "./constraints.ts";
import { kindSql } from "./kinds.ts";
import { hostName, partName, sqlName, textOf } from "./names.ts";
import { tableIdentity } from "./tables.ts";

/** The statement that drops one object and nothing else. */
export function removalOf(object: SchemaObject): string {
  const { kind, name } = object;
  switch (kind) {
    case "table":
      return `DROP ${tableIdentity(object)}`;
    case "column":
      return `ALTER TABLE ${hostName(name)} DROP COLUMN ${partName(name)}`;
    case "constraint":
      return constraints.drop?.(object) ?? "";
    case "publication table": {
      const table = textOf(object, "table") ?? "";
      return `ALTER PUBLICATION ${sqlName(name.slice(0, -table.length - 1))} DROP TABLE ${sqlName(table)}`;
    }
    case "default privileges":
      return kindSql[kind]?.drop?.(object) ?? "";
    default:
      return `DROP ${kindSql[kind]?.identity(object)}`;
  }
}

/** Whether dropping an object destroys rows: of a table, or the values of a column that are stored nowhere else. */
export function destroysRows(object: SchemaObject): boolean {
  const { kind } = object;
  if (kind === "table") return textOf(object, "type") !== "foreign table";
  return kind === "column" && textOf(object, "generated") === undefined;
}
