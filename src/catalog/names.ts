import { dotted, plainName } from "../schema/names.ts";

/** A name of PostgreSQL's own without its schema, any other one with it. */
export function unlessBuiltIn(schema: string, name: string): string {
  return schema === "pg_catalog" ? plainName(name) : dotted(schema, name);
}

/** Lists that were read before: tables repeat the same few. */
const knownNumbers = new Map<string, readonly number[]>();
const maxKnown = 10_000;

/** Numbers from the text of an `int2vector` or `oidvector` (`1 2`) or an `int2[]` (`{1,2}`). */
export function numbersOf(text: string | null): readonly number[] {
  if (text === null) return [];
  const known = knownNumbers.get(text);
  if (known !== undefined) return known;
  const numbers = (text.match(/-?\d+/g) ?? []).map(Number);
  if (knownNumbers.size < maxKnown) knownNumbers.set(text, numbers);
  return numbers;
}

/** A list as one text, or null where there is nothing in it. */
export function listOf(items: readonly string[]): string | null {
  return items.length === 0 ? null : items.join(", ");
}

/** A letter that the catalog uses as a code, in words; a letter that a newer PostgreSQL adds stays a letter. */
export function inWords(words: Readonly<Record<string, string>>, letter: string): string {
  return words[letter] ?? letter;
}
