import type { SchemaObject } from "../schema/model.ts";
import { ownName, parentOf } from "../schema/names.ts";
import { kindSql } from "./kinds.ts";
import { hostName, partName, sqlName, withoutTypes } from "./names.ts";

/** The word and name after ALTER. */
function identity(object: SchemaObject): string {
  if (object.kind === "table") return `TABLE ${sqlName(object.name)}`;
  return kindSql[object.kind]?.identity(object) ?? "";
}

/** The statement that gives an object another name in its place. */
export function renameSql(object: SchemaObject, to: string): string {
  const { kind, name } = object;
  const own = partName(withoutTypes(to));
  switch (kind) {
    case "column":
      return `ALTER TABLE ${hostName(name)} RENAME COLUMN ${partName(name)} TO ${own}`;
    case "constraint":
      return `ALTER TABLE ${hostName(name)} RENAME CONSTRAINT ${partName(name)} TO ${own}`;
    case "operator class":
    case "operator family":
      return `ALTER ${identity(object)} RENAME TO ${partName(to.replace(/ USING [^ ]+$/, ""))}`;
    default:
      return `ALTER ${identity(object)} RENAME TO ${own}`;
  }
}

/** The schema, the own name and the types of the arguments in a name. */
function partsOf(name: string) {
  const plain = withoutTypes(name);
  return { schema: parentOf(plain), own: ownName(plain), types: name.slice(plain.length) };
}

/**
 * The statements that give an object another name in any schema.
 * @param isTaken whether another object has a name
 */
export function moveSql(object: SchemaObject, to: string, isTaken: (name: string) => boolean): string[] {
  const [before, after] = [partsOf(object.name), partsOf(to)];
  const under = (name: string) => ({ ...object, name: `${name}${before.types}` });
  if (before.schema === after.schema) return [renameSql(object, to)];
  const move = (one: SchemaObject) => `ALTER ${identity(one)} SET SCHEMA ${sqlName(after.schema)}`;
  if (before.own === after.own) return [move(object)];
  // Between the two statements, the object has half of its new name.
  const [renamed, moved] = [`${before.schema}.${after.own}`, `${after.schema}.${before.own}`];
  return isTaken(renamed)
    ? [move(object), renameSql(under(moved), to)]
    : [renameSql(object, to), move(under(renamed))];
}
