/** Parses names in the quoting of the schema's model. */
import type { SchemaObject } from "../schema/model.ts";
import { partsOfName } from "../schema/names.ts";

const part = '(?:"(?:[^"]|"")*"|[^".]+)';
const tablePattern = new RegExp(`^(${part}\\.${part})\\.`);

/** The table of one of its parts: `public.users` of `public.users.email`. */
export function tableOf({ name }: SchemaObject): string {
  return tablePattern.exec(name)?.[1] ?? name;
}

/** An object's own name, without quotes. */
export function ownName({ name }: SchemaObject): string {
  return partsOfName(name).at(-1) ?? name;
}

/** The columns in an attribute such as `a, "b, c"`, without quotes. */
export function columnsIn(list: unknown): string[] {
  if (typeof list !== "string") return [];
  return [...list.matchAll(/"(?:[^"]|"")*"|[^, ]+/g)].map(([item]) => partsOfName(item)[0] ?? item);
}

/** Id of a table in diagrams. @param object its name with its schema, as in the schema's model */
export function tableId(database: string, object: string): string {
  return `${database}:${object}`;
}
