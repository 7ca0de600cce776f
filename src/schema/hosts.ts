import { nameIn, type ObjectKey, type SchemaObject } from "./model.ts";
import { partsOfName } from "./names.ts";

/** The object that contains another one, as a table contains its columns; a schema does not count. */
export function hostOf({ name, needs }: SchemaObject): ObjectKey | undefined {
  return needs.find((need) => !need.startsWith("schema ") && name.startsWith(`${nameIn(need)}.`));
}

/** Whether an object only makes queries faster: an index that enforces nothing. */
export function isPlainIndex({ kind, attributes }: SchemaObject): boolean {
  return kind === "index" && attributes["unique"] !== true;
}

/** The only column of a constraint: SQL without a name for it defines it at the column. */
export function onlyColumnOf({ attributes }: SchemaObject): string | undefined {
  const { columns } = attributes;
  return typeof columns === "string" && !/[ ,(]/.test(columns) ? partsOfName(columns)[0] : undefined;
}
