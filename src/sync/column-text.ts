import { notColumns } from "../document/column-comments.ts";
import { type Item, nameOf, type Word } from "../sql/items.ts";

/** A clause of a column's definition: `NOT NULL`, `DEFAULT 1`, `CONSTRAINT positive CHECK (a > 0)`. */
export interface Clause {
  readonly kind: ClauseKind;
  /** The name after CONSTRAINT, as PostgreSQL folds it. */
  readonly name: string | undefined;
  readonly words: readonly Word[];
}

export type ClauseKind =
  | "not null"
  | "null"
  | "default"
  | "generated"
  | "collate"
  | "storage"
  | "compression"
  | "options"
  | "check"
  | "unique"
  | "primary key"
  | "foreign key";

/** The text of a column's definition, in parts. */
export interface ColumnText {
  readonly name: string;
  readonly type: readonly Word[];
  readonly clauses: readonly Clause[];
}

const starts: Readonly<Record<string, ClauseKind>> = {
  DEFAULT: "default",
  GENERATED: "generated",
  COLLATE: "collate",
  STORAGE: "storage",
  COMPRESSION: "compression",
  OPTIONS: "options",
  CHECK: "check",
  UNIQUE: "unique",
  PRIMARY: "primary key",
  REFERENCES: "foreign key",
};

/** The clause that begins at a word outside parentheses (manual, "CREATE TABLE"); undefined if none does. */
function clauseAt(words: readonly Word[], at: number): ClauseKind | undefined {
  const [before, word, after] = [words[at - 1]?.keyword, words[at]?.keyword ?? "", words[at + 1]?.keyword];
  // Values of DEFAULT, and SET NULL, SET DEFAULT and BY DEFAULT in other clauses.
  if (before === "DEFAULT" || before === "SET" || (word === "DEFAULT" && before === "BY")) return undefined;
  if (word === "NOT") return after === "NULL" ? "not null" : undefined;
  if (word === "NULL") return before === "NOT" ? undefined : "null";
  return Object.hasOwn(starts, word) ? starts[word] : undefined;
}

/** Whether an item of CREATE TABLE defines a column. */
export function isColumn({ words: [first] }: Item): boolean {
  return first !== undefined && !notColumns.has(first.keyword);
}

/** The parts of a column's definition. @param words from its name to its end */
export function columnText([first, ...words]: readonly Word[]): ColumnText | undefined {
  if (first === undefined) return undefined;
  const clauses: { kind: ClauseKind; name: string | undefined; words: Word[] }[] = [];
  const type: Word[] = [];
  let pending: Word[] = [];
  let depth = 0;
  for (const [at, word] of words.entries()) {
    const isInside = depth > 0;
    if (word.text === "(") depth++;
    if (word.text === ")") depth--;
    const isNamed = !isInside && word.keyword === "CONSTRAINT";
    const kind = isInside || pending.length === 1 ? undefined : clauseAt(words, at);
    if (isNamed) pending = [word];
    else if (kind !== undefined) {
      const [, name] = pending;
      clauses.push({ kind, name: name && nameOf(name), words: [...pending, word] });
      pending = [];
    } else if (pending.length > 0) pending.push(word);
    else (clauses.at(-1)?.words ?? type).push(word);
  }
  return { name: nameOf(first), type, clauses };
}
