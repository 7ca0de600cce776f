import type { SchemaObject } from "../schema/model.ts";
import { parentOf, partsOfName } from "../schema/names.ts";
import { type Item, type Word, wordsOf } from "../sql/items.ts";
import { type Clause, type ClauseKind, type ColumnText, columnText } from "./column-text.ts";
import type { Edit } from "./edits.ts";
import { type Form, formOf, inStyle, typeInStyle } from "./forms.ts";
import type { Made } from "./makers.ts";
import { patch } from "./patch.ts";
import type { Attempt, Reason } from "./plan-change.ts";
import type { Planner } from "./planner.ts";
import {
  columnIn,
  findColumn,
  findConstraint,
  type PlacedPart,
  type TableItems,
  tableItems,
} from "./table-items.ts";

/** The text of words in the text that they are from. */
function textOfWords(text: string, words: readonly Word[]): string {
  const [first, last] = [words[0], words.at(-1)];
  return first === undefined || last === undefined ? "" : text.slice(first.start, last.end);
}

function range(words: readonly Word[]): { readonly from: number; readonly to: number } | undefined {
  const [first, last] = [words[0], words.at(-1)];
  return first === undefined || last === undefined ? undefined : { from: first.start, to: last.end };
}

/** The clauses of a column that its definition has; the others are constraints. */
const own: readonly ClauseKind[] = ["collate", "default", "generated", "options", "not null"];

interface Definition {
  readonly sql: string;
  readonly parts: ColumnText;
}

function definition(sql: string): Definition | undefined {
  const parts = columnText(wordsOf(sql));
  return parts && { sql, parts };
}

function clauseOf({ parts }: Definition, kind: ClauseKind): Clause | undefined {
  return parts.clauses.find((clause) => clause.kind === kind);
}

function clauseText(definitionOf: Definition, kind: ClauseKind): string | undefined {
  const clause = clauseOf(definitionOf, kind);
  return clause && textOfWords(definitionOf.sql, clause.words);
}

/** A type as written, with new limits where only these differ: `VARCHAR(40)`; else the generated one. */
function newType(written: string, was: string, is: string): string {
  const limits = /\([^()]*\)/;
  const isSameName = limits.test(was) && was.replace(limits, "") === is.replace(limits, "");
  const next = limits.exec(is)?.[0];
  return isSameName && next !== undefined && limits.test(written)
    ? written.replace(limits, next)
    : typeInStyle(is, written);
}

/** The edits of a written definition that make the same change as from one generated definition to another. */
function columnEdits(text: string, words: readonly Word[], was: Definition, is: Definition): Edit[] {
  const written = columnText(words);
  if (written === undefined) return [];
  const edits: Edit[] = [];
  const type = range(written.type);
  const [typeWas, typeIs] = [textOfWords(was.sql, was.parts.type), textOfWords(is.sql, is.parts.type)];
  let inserted = "";
  for (const kind of own) {
    const [before, after] = [clauseText(was, kind), clauseText(is, kind)];
    if (before === after) continue;
    const clause =
      written.clauses.find((found) => found.kind === kind) ??
      (kind === "not null" ? written.clauses.find((found) => found.kind === "null") : undefined);
    const place = clause && range(clause.words);
    if (after !== undefined && place === undefined) inserted += ` ${after}`;
    else if (place !== undefined && after !== undefined) edits.push({ ...place, text: after });
    else if (place !== undefined) {
      const blanks = /\s*$/.exec(text.slice(0, place.from))?.[0].length ?? 0;
      edits.push({ from: place.from - blanks, to: place.to, text: "" });
    }
  }
  if (type === undefined) return edits;
  const next = typeWas === typeIs ? undefined : newType(textOfWords(text, written.type), typeWas, typeIs);
  if (next !== undefined) edits.push({ ...type, text: next + inserted });
  else if (inserted !== "") edits.push({ from: type.to, to: type.to, text: inserted });
  return edits;
}

/** A definition that replaces a written one, with the constraints that the column states. */
function wholeColumn(text: string, words: readonly Word[], { sql }: Definition): string {
  const clauses = columnText(words)?.clauses ?? [];
  const kept = clauses.filter(({ kind }) => ["check", "unique", "primary key", "foreign key"].includes(kind));
  return [sql, ...kept.map((clause) => textOfWords(text, clause.words))].join(" ");
}

/** Changes a column where the statement that creates it defines it. */
export function editColumn(
  planner: Planner,
  object: SchemaObject,
  { statement }: Made,
  [was, is]: readonly [Form, Form],
  attempt: Attempt,
): Reason {
  const list = tableItems(statement);
  const placed = findColumn(list, partsOfName(object.name).at(-1) ?? "");
  if (placed === undefined) return "the statement that creates it does not name it";
  const { text } = statement.fence.block;
  const [before, after] = [
    definition(inStyle(was.main, statement.text)),
    definition(inStyle(is.main, statement.text)),
  ];
  if (before === undefined || after === undefined) return "its definition cannot be read";
  const edits = attempt === "edit" ? columnEdits(text, placed.words, before, after) : [];
  const whole = range(placed.words);
  if (edits.length > 0) for (const edit of edits) planner.editItem(list, edit);
  else if (whole !== undefined)
    planner.editItem(list, { ...whole, text: wholeColumn(text, placed.words, after) });
  return undefined;
}

/** A constraint at a column as SQL: without the columns, which the place says. */
function atColumn(sql: string): string {
  return sql
    .replace(/FOREIGN KEY \([^)]*\) /i, "")
    .replace(/^((?:CONSTRAINT \S+ )?(?:PRIMARY KEY|UNIQUE)(?: NULLS NOT DISTINCT)?) \([^)]*\)/i, "$1");
}

function withoutName(sql: string): string {
  return sql.replace(/^CONSTRAINT (?:"(?:[^"]|"")*"|\S+) /i, "");
}

/** Changes a constraint where the statement that creates it defines it. */
export function editConstraint(
  planner: Planner,
  object: SchemaObject,
  { statement, after: created }: Made,
  [was, is]: readonly [Form, Form],
  attempt: Attempt,
): Reason {
  const list = tableItems(statement);
  const placed = findConstraint(list, created ?? object);
  const place = placed && range(placed.words);
  if (placed === undefined || place === undefined) return "the statement that creates it does not show it";
  const { text } = statement.fence.block;
  const written = text.slice(place.from, place.to);
  const isNamed = /^constraint\b/i.test(written);
  const form = (sql: string) => {
    const styled = inStyle(isNamed ? sql : withoutName(sql), statement.text);
    return placed.clause === undefined ? styled : atColumn(styled);
  };
  const edit = attempt === "edit" ? patch(written, form(was.main), form(is.main)) : undefined;
  planner.editItem(
    list,
    edit === undefined
      ? { ...place, text: form(is.main) }
      : { from: edit.from + place.from, to: edit.to + place.from, text: edit.text },
  );
  return undefined;
}

function removePlaced(planner: Planner, { list, item, words, clause }: PlacedPart, text: string): void {
  const place = clause && range(words);
  if (place === undefined) planner.removeItem(list, item);
  else {
    const blanks = /\s*$/.exec(text.slice(0, place.from))?.[0].length ?? 0;
    planner.editItem(list, { from: place.from - blanks, to: place.to, text: "" });
  }
}

/** Removes a column or constraint from the statement that creates it. */
export function removePart(planner: Planner, object: SchemaObject, { statement, after }: Made): Reason {
  const list = tableItems(statement);
  const placed =
    object.kind === "column"
      ? findColumn(list, partsOfName(object.name).at(-1) ?? "")
      : findConstraint(list, after ?? object);
  if (placed === undefined) return "the statement that creates it does not show it";
  removePlaced(planner, placed, statement.fence.block.text);
  return undefined;
}

/** The items of the statement that creates an object's table. */
function itemsOfTable(planner: Planner, object: SchemaObject): TableItems | undefined {
  const table = parentOf(object.name);
  const statement = planner.statements.find(
    (candidate) => candidate.createsTable && candidate.table === table,
  );
  const list = statement && tableItems(statement);
  return list !== undefined && list.items.length > 0 ? list : undefined;
}

/** A new column's definition with its type below that of the column before, where types are aligned. */
function alignedTo(text: string, { start, words: [name, type] }: Item, sql: string): string {
  if (name === undefined || type === undefined) return sql;
  const gap = type.start - name.end;
  const [first] = wordsOf(sql);
  if (gap < 2 || first === undefined || text.slice(start, type.start).includes("\n")) return sql;
  const width = Math.max(1, type.start - start - first.text.length);
  return first.text + " ".repeat(width) + sql.slice(first.end).trimStart();
}

/** Adds a column after the last one of its CREATE TABLE. */
export function addColumn(planner: Planner, object: SchemaObject): Reason {
  const list = itemsOfTable(planner, object);
  const last = list?.items.findLast((item) => columnIn(list, item) !== undefined);
  const form = formOf(object);
  if (list === undefined || last === undefined || form === undefined)
    return "the statement that creates its table lists no columns";
  const { statement } = list;
  const { text } = statement.fence.block;
  const parts = definition(inStyle(form.main, statement.text));
  if (parts === undefined) return "its definition cannot be read";
  const type = range(parts.parts.type);
  const sample = columnText(last.words)?.type ?? [];
  const sql =
    type === undefined
      ? parts.sql
      : parts.sql.slice(0, type.from) +
        typeInStyle(parts.sql.slice(type.from, type.to), textOfWords(text, sample)) +
        parts.sql.slice(type.to);
  planner.addItem(list, last, alignedTo(text, last, sql));
  for (const addendum of form.addenda) planner.insertAfter(statement, [addendum]);
  return undefined;
}

/** Adds a constraint at the end of its CREATE TABLE. @returns false if that has no items */
export function addConstraint(planner: Planner, object: SchemaObject): boolean {
  const list = itemsOfTable(planner, object);
  const last = list?.items.at(-1);
  const form = formOf(object);
  if (list === undefined || last === undefined || form === undefined) return false;
  planner.addItem(list, last, inStyle(form.main, list.statement.text));
  for (const addendum of form.addenda) planner.insertAfter(list.statement, [addendum]);
  return true;
}
