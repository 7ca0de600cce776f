import type { ObjectKey, SchemaObject } from "./model.ts";

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
