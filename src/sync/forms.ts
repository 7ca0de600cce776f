import { columnAddenda, columnDefinition } from "../repair/columns.ts";
import { comment, commentsOf } from "../repair/comments.ts";
import { constraintAddenda, constraintDefinition, constraints } from "../repair/constraints.ts";
import { kindSql } from "../repair/kinds.ts";
import { textOf } from "../repair/names.ts";
import { createTable, tableIdentity } from "../repair/tables.ts";
import type { Attribute, SchemaObject } from "../schema/model.ts";
import { inParentheses, type Word, wordsOf } from "../sql/items.ts";

/** An object as SQL: its definition, which is an item or a statement, and the statements that complete it. */
export interface Form {
  readonly main: string;
  readonly addenda: readonly string[];
}

/** An object as SQL; undefined for kinds that this program cannot write. */
export function formOf(object: SchemaObject): Form | undefined {
  if (object.kind === "column")
    return { main: columnDefinition(object, { withDefault: true }), addenda: columnAddenda(object) };
  if (object.kind === "constraint")
    return {
      main: constraintDefinition(object),
      addenda: [...constraintAddenda(object), ...commentsOf(object, constraints.identity(object))],
    };
  if (object.kind === "table") {
    const [main = "", ...rest] = createTable({ table: object, columns: [], constraints: [] });
    return { main, addenda: [...rest, ...comment(tableIdentity(object), textOf(object, "comment"))] };
  }
  const sql = kindSql[object.kind];
  const [main, ...rest] = sql?.create(object) ?? [];
  if (sql === undefined || main === undefined) return undefined;
  const members = sql.complete?.(object) ?? [];
  return { main, addenda: [...rest, ...members, ...commentsOf(object, sql.identity(object))] };
}

/** An object with some attributes of another one. */
export function withAttributes(
  object: SchemaObject,
  other: SchemaObject,
  names: readonly string[],
): SchemaObject {
  const changed = names.map((name): [string, Attribute] => [name, other.attributes[name] ?? null]);
  return { ...object, attributes: { ...object.attributes, ...Object.fromEntries(changed) } };
}

function render(sql: string, shown: (word: Word, before: Word | undefined) => string): string {
  let result = "";
  let at = 0;
  let before: Word | undefined;
  for (const word of wordsOf(sql)) {
    result += sql.slice(at, word.start) + shown(word, before);
    at = word.end;
    before = word;
  }
  return result + sql.slice(at);
}

function isPlain({ text }: Word): boolean {
  return /^[A-Za-z_]/.test(text) && !text.includes("'");
}

/** SQL without the schema `public`, where a sample leaves it out. */
function unqualified(sql: string): string {
  const words = wordsOf(sql);
  let result = "";
  let at = 0;
  for (const [i, word] of words.entries()) {
    if (word.text !== "public" || words[i + 1]?.text !== ".") continue;
    result += sql.slice(at, word.start);
    at = words[i + 1]?.end ?? word.end;
  }
  return result + sql.slice(at);
}

/** An index without the parentheses around its whole predicate. */
function plainPredicate(sql: string): string {
  const words = wordsOf(sql);
  const where = words.findIndex(({ keyword }) => keyword === "WHERE");
  const [open, close] = [words[where + 1], words.at(-1)];
  const inside = inParentheses(words.slice(where + 1));
  const isIndex =
    words[0]?.keyword === "CREATE" && words.slice(1, 3).some(({ keyword }) => keyword === "INDEX");
  if (!isIndex || where < 0 || open?.text !== "(" || close === undefined || inside === undefined) return sql;
  const isWhole = where + 1 + inside.length + 2 === words.length;
  return isWhole ? sql.slice(0, open.start) + sql.slice(open.end, close.start) : sql;
}

/** Generated SQL as the SQL next to it is written: in its case, and with or without the schema `public`. */
export function inStyle(sql: string, sample: string): string {
  const plain = plainPredicate(sql);
  const named = /\bpublic\s*\./i.test(sample) ? plain : unqualified(plain);
  const [first] = wordsOf(sample);
  const isLower = first !== undefined && /^[a-z]/.test(first.text);
  return isLower ? render(named, (word) => (isPlain(word) ? word.text.toLowerCase() : word.text)) : named;
}

/** Words of a type in capitals, if a sample has no small letters. */
export function typeInStyle(type: string, sample: string): string {
  const letters = sample.replace(/"[^"]*"/g, "");
  if (!/[A-Z]/.test(letters) || /[a-z]/.test(letters)) return type;
  return render(type, (word) => (isPlain(word) ? word.text.toUpperCase() : word.text));
}
