import { tokenAt } from "./tokens.ts";

/** A word or symbol of a statement: no blank and no comment. */
export interface Word {
  readonly start: number;
  readonly end: number;
  /** As written. */
  readonly text: string;
  /** In capitals unless it is quoted or a string: comparable with keywords. */
  readonly keyword: string;
}

/** The words of SQL whose quotes are closed. */
export function wordsOf(sql: string): Word[] {
  const words: Word[] = [];
  for (let start = 0; start < sql.length; ) {
    const { kind, end } = tokenAt(sql, start);
    const text = sql.slice(start, end);
    const isLiteral = kind === "quoted" || kind === "string";
    if (kind !== "blank") words.push({ start, end, text, keyword: isLiteral ? text : text.toUpperCase() });
    start = end;
  }
  return words;
}

/** The name that a word is, as PostgreSQL folds it. */
export function nameOf({ text }: Word): string {
  return text.startsWith('"')
    ? text.slice(1, -1).replaceAll('""', '"')
    : text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** An element of a list that commas separate. */
export interface Item {
  readonly start: number;
  readonly end: number;
  readonly words: readonly Word[];
  /** Where the comma after it ends; undefined for the last one. */
  readonly commaEnd: number | undefined;
}

/** The items among words, without commas inside parentheses. */
export function itemsIn(words: readonly Word[]): Item[] {
  const items: Item[] = [];
  let own: Word[] = [];
  let depth = 0;
  const finish = (commaEnd: number | undefined) => {
    const [first, last] = [own[0], own.at(-1)];
    if (first !== undefined && last !== undefined)
      items.push({ start: first.start, end: last.end, words: own, commaEnd });
    own = [];
  };
  for (const word of words) {
    if (word.text === "(" || word.text === "[") depth++;
    if (word.text === ")" || word.text === "]") depth--;
    if (word.text === "," && depth === 0) finish(word.end);
    else own.push(word);
  }
  finish(undefined);
  return items;
}

/** The words between the first parenthesis and the one that closes it; undefined without one. */
export function inParentheses(words: readonly Word[]): readonly Word[] | undefined {
  const open = words.findIndex(({ text }) => text === "(");
  if (open < 0) return undefined;
  let depth = 0;
  for (let at = open; at < words.length; at++) {
    if (words[at]?.text === "(") depth++;
    if (words[at]?.text === ")" && --depth === 0) return words.slice(open + 1, at);
  }
  return undefined;
}
