import { dotted, plainName } from "../schema/names.ts";

/** A name without its schema if that is pg_catalog, else with its schema. */
export function unlessBuiltIn(schema: string, name: string): string {
  return schema === "pg_catalog" ? plainName(name) : dotted(schema, name);
}

/** Lists that were parsed before: tables repeat the same few. */
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

/** A list as text, or null if it is empty. */
export function listOf(items: readonly string[]): string | null {
  return items.length === 0 ? null : items.join(", ");
}

/** A text between quotes, as in SQL, so that lists of texts can be separated; null stays. */
export function quotedText(text: string | null): string | null {
  return text === null ? null : `'${text.replaceAll("'", "''")}'`;
}

/** The name of a one-letter code in the catalog. A letter that a newer PostgreSQL adds is returned as it is. */
export function inWords(words: Readonly<Record<string, string>>, letter: string): string {
  return words[letter] ?? letter;
}
