import type { SchemaObject } from "../schema/model.ts";
import { parentOf, partsOfName } from "../schema/names.ts";
import { itemsOf } from "../sql/parentheses.ts";
import { readableIdentifier } from "../sql/readable-identifier.ts";
import { textLiteral } from "./literals.ts";

/** A name of the reader as SQL. */
export function sqlName(name: string): string {
  return partsOfName(name).map(readableIdentifier).join(".");
}

/** The name of a part's container as SQL: `public.users` of `public.users.by_mail`. */
export function hostName(name: string): string {
  return sqlName(parentOf(name));
}

/** The last part of a name as SQL. */
export function partName(name: string): string {
  return readableIdentifier(partsOfName(name).at(-1) ?? "");
}

/** The SQL name of an index or statistics object: it is in a schema, not in its table. */
export function nameInSchema(name: string): string {
  const parts = partsOfName(name);
  // A statistics object may be in another schema than its table.
  const schema = parts.length > 3 ? parts.at(-2) : parts.at(0);
  return [schema ?? "", parts.at(-1) ?? ""].map(readableIdentifier).join(".");
}

/** The name of a function or operator without the types of its arguments; a parenthesis in the name itself is quoted. */
export function withoutTypes(name: string): string {
  return /^(?:"(?:[^"]|"")*"|[^("])*/.exec(name)?.[0] ?? name;
}

/** The name of a function with the types of its arguments, as SQL. */
export function functionName(name: string): string {
  const own = withoutTypes(name);
  return `${sqlName(own)}${name.slice(own.length)}`;
}

/** The name of an operator, whose own part is never quoted. */
export function operatorName(name: string): string {
  const own = withoutTypes(name);
  const at = own.lastIndexOf(".");
  return at < 0 ? own : `${sqlName(own.slice(0, at))}.${own.slice(at + 1)}`;
}

/** A text attribute; undefined if it is not set. */
export function textOf({ attributes }: SchemaObject, name: string): string | undefined {
  const value = attributes[name];
  return typeof value === "string" ? value : undefined;
}

/** Whether a boolean attribute is set. */
export function isSet({ attributes }: SchemaObject, name: string): boolean {
  return attributes[name] === true;
}

/** Words that are left out without a text. */
export function clause(before: string, text: string | undefined, after = ""): string {
  return text === undefined ? "" : ` ${before}${text}${after}`;
}

/** Options such as `fillfactor=70, toast.autovacuum_enabled=false` as SQL, between parentheses. */
export function storageOptions(text: string): string {
  return text
    .split(/, (?=[\w.]+=)/)
    .map((option) => {
      const at = option.indexOf("=");
      return `${option.slice(0, at)} = ${textLiteral(option.slice(at + 1))}`;
    })
    .join(", ");
}

/** Values by column, or by another name, in one text: `id: 1, name: 'a text'`. */
export function columnValues(text: string | undefined): (readonly [column: string, value: string])[] {
  if (text === undefined) return [];
  return itemsOf(text).flatMap(columnValue);
}

/** A column, or another name, with its value: `id: 1`. */
export function columnValue(item: string): (readonly [column: string, value: string])[] {
  const [, column, value] = /^("(?:[^"]|"")+"|[^:]+): (.*)$/s.exec(item) ?? [];
  return column === undefined || value === undefined ? [] : [[sqlName(column), value] as const];
}

/** The text between the quotes of the reader. */
export function textIn(quoted: string): string {
  return quoted.slice(1, -1).replaceAll("''", "'");
}
