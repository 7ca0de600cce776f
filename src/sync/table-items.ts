import type { SchemaObject } from "../schema/model.ts";
import { partsOfName } from "../schema/names.ts";
import { type Item, inParentheses, itemsIn, nameOf, type Word, wordsOf } from "../sql/items.ts";
import { type Clause, columnText, isColumn } from "./column-text.ts";
import type { SourceStatement } from "./source.ts";

/** The items of a statement about a table, with offsets in its code block. */
export interface TableItems {
  readonly statement: SourceStatement;
  /** Columns and constraints of CREATE TABLE, or the actions of ALTER TABLE. */
  readonly items: readonly Item[];
}

/** A part of a table within an item. */
export interface PlacedPart {
  readonly list: TableItems;
  readonly item: Item;
  /** The definition: of an action, without ADD COLUMN. */
  readonly words: readonly Word[];
  /** For a constraint at a column. */
  readonly clause?: Clause;
}

function placedWords({ text, offset }: SourceStatement): Word[] {
  return wordsOf(text).map((word) => ({ ...word, start: word.start + offset, end: word.end + offset }));
}

/** The items of a CREATE TABLE or ALTER TABLE; none for other statements and forms without columns. */
export function tableItems(statement: SourceStatement): TableItems {
  const words = placedWords(statement);
  const table = words.findIndex(({ keyword }) => keyword === "TABLE");
  if (words[0]?.keyword === "ALTER" && table > 0 && table < 3) {
    const name = words.findIndex(
      ({ keyword }, i) => i > table && !["IF", "EXISTS", "ONLY"].includes(keyword),
    );
    let start = name + 1;
    while (words[start]?.text === ".") start += 2;
    return { statement, items: itemsIn(words.slice(start)) };
  }
  if (!statement.createsTable) return { statement, items: [] };
  const open = words.findIndex(({ text }) => text === "(");
  // PARTITION OF and the like have other lists.
  const isPlain = !words
    .slice(0, open)
    .some(({ keyword }) => ["PARTITION", "OF", "AS", "INHERITS"].includes(keyword));
  const inside = open < 0 || !isPlain ? undefined : inParentheses(words);
  return { statement, items: itemsIn(inside ?? []) };
}

/** The definition in an item: for an action, what follows ADD COLUMN or ADD; undefined for other actions. */
function definitionIn({ statement }: TableItems, { words }: Item): readonly Word[] | undefined {
  if (statement.createsTable) return words;
  if (words[0]?.keyword !== "ADD") return undefined;
  let at = 1;
  while (["COLUMN", "IF", "NOT", "EXISTS"].includes(words[at]?.keyword ?? "")) at++;
  return words.slice(at);
}

/** The column of an item; undefined if it defines none. */
export function columnIn(list: TableItems, item: Item): readonly Word[] | undefined {
  const words = definitionIn(list, item);
  return words !== undefined && words.length > 0 && isColumn({ ...item, words }) ? words : undefined;
}

/** Where a statement defines a column. */
export function findColumn(list: TableItems, name: string): PlacedPart | undefined {
  for (const item of list.items) {
    const words = columnIn(list, item);
    const [first] = words ?? [];
    if (words !== undefined && first !== undefined && nameOf(first) === name) return { list, item, words };
  }
  return undefined;
}

const firstWords: Readonly<Record<string, string>> = {
  "primary key": "PRIMARY",
  unique: "UNIQUE",
  check: "CHECK",
  "foreign key": "FOREIGN",
  exclusion: "EXCLUDE",
};

/** The columns in the first parentheses of a constraint's words. */
function listedColumns(words: readonly Word[]): string {
  return itemsIn(inParentheses(words) ?? [])
    .map(({ words: [first] }) => (first === undefined ? "" : nameOf(first)))
    .join(",");
}

/** How well words that have no name fit a constraint: its columns count, and for a check the words of its expression. */
function fits({ attributes }: SchemaObject, words: readonly Word[], column: string | undefined): boolean {
  const { columns, expression, type } = attributes;
  const own =
    typeof columns === "string" ? columns.split(", ").map((name) => partsOfName(name)[0] ?? "") : [];
  if (type !== "check") return own.join(",") === (column ?? listedColumns(words));
  const written = new Set(words.map((word) => nameOf(word)));
  return typeof expression === "string" && own.every((name) => written.has(name));
}

/** Where a statement defines a constraint: by its name, or else by its type and columns. */
export function findConstraint(list: TableItems, object: SchemaObject): PlacedPart | undefined {
  const name = partsOfName(object.name).at(-1) ?? "";
  const type = String(object.attributes["type"]);
  const unnamed: PlacedPart[] = [];
  for (const item of list.items) {
    const column = columnIn(list, item);
    if (column === undefined) {
      const words = definitionIn(list, item) ?? [];
      const [first, second] = words;
      if (first?.keyword === "CONSTRAINT" && second !== undefined && nameOf(second) === name)
        return { list, item, words };
      if (first?.keyword === firstWords[type] && fits(object, words, undefined))
        unnamed.push({ list, item, words });
      continue;
    }
    const [first] = column;
    for (const clause of columnText(column)?.clauses ?? []) {
      const part = { list, item, words: clause.words, clause };
      if (clause.name === name) return part;
      const isCandidate = clause.name === undefined && clause.kind === type;
      if (isCandidate && first !== undefined && fits(object, clause.words, nameOf(first))) unnamed.push(part);
    }
  }
  const [only, second] = unnamed;
  return second === undefined ? only : undefined;
}
