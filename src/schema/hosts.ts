import type { ObjectKey, SchemaObject } from "./model.ts";
import { partsOfName } from "./names.ts";

/** The object that another one is a part of, as a column is of its table; being in a schema makes no part. */
export function hostOf({ name, needs }: SchemaObject): ObjectKey | undefined {
  return needs.find((need) => {
    const [kind = "", ...rest] = need.split(" ");
    return kind !== "schema" && name.startsWith(`${rest.join(" ")}.`);
  });
}

/** Whether an object only makes queries faster: an index that refuses no row. */
export function isPlainIndex({ kind, attributes }: SchemaObject): boolean {
  return kind === "index" && attributes["unique"] !== true;
}

/** The one column that a constraint is about: SQL that leaves its name to PostgreSQL states it there. */
export function onlyColumnOf({ attributes }: SchemaObject): string | undefined {
  const { columns } = attributes;
  return typeof columns === "string" && !/[ ,(]/.test(columns) ? partsOfName(columns)[0] : undefined;
}
