import { changesOf } from "../repair/changes.ts";
import { inheritedAgain } from "../repair/inherited-again.ts";
import { kindSql } from "../repair/kinds.ts";
import { hostOf } from "../schema/hosts.ts";
import { nameIn, type Schema, type SchemaObject } from "../schema/model.ts";
import { parentOf, partsOfName } from "../schema/names.ts";
import { type Change, objectOf } from "./changes.ts";
import { type Form, formOf, inStyle, withAttributes } from "./forms.ts";
import type { Made } from "./makers.ts";
import { saysOneOf } from "./makers.ts";
import { patch } from "./patch.ts";
import { addColumn, addConstraint, editColumn, editConstraint, removePart } from "./plan-table.ts";
import type { Planner } from "./planner.ts";
import type { SourceStatement } from "./source.ts";
import { tableItems } from "./table-items.ts";

/**
 * How far an attempt goes: `edit` changes words in place, `replace` writes a whole item or statement, `append` adds a
 * statement, and `end` adds it after all others, where everything exists that it may need.
 */
export const attempts = ["edit", "replace", "append", "end"] as const;
export type Attempt = (typeof attempts)[number];

/** Why a change cannot be written; undefined if it was planned. */
export type Reason = string | undefined;

const unwritable = "this program does not write the SQL of its kind";

/** The name of the table that has an object, or that it is. */
export function tableOf(object: SchemaObject): string | undefined {
  if (object.kind === "table") return object.name;
  const host = hostOf(object);
  return host?.startsWith("table ") ? nameIn(host) : undefined;
}

/** The statement after which another one about a table goes: the last of the same kind, or else of its own section. */
export function anchorOf(planner: Planner, table: string, sql: string): SourceStatement | undefined {
  const about = planner.statements.filter((statement) => statement.table === table);
  const own = about.filter(({ fence }) => fence.table === table);
  const head = (text: string) =>
    /^\s*CREATE(?:\s+UNIQUE)?\s+INDEX|^\s*COMMENT|^\s*\w+\s+\w+/i.exec(text)?.[0] ?? "";
  const kind = (text: string) =>
    head(text)
      .replace(/\s+UNIQUE/i, "")
      .replace(/\s+/g, " ")
      .trim()
      .toUpperCase();
  return about.findLast(({ text }) => kind(text) === kind(sql)) ?? own.at(-1) ?? about.at(-1);
}

function insert(
  planner: Planner,
  object: SchemaObject,
  sqls: readonly string[],
  attempt: Attempt = "append",
): Reason {
  const table = tableOf(object);
  for (const sql of sqls) {
    const anchor = table === undefined ? undefined : anchorOf(planner, table, sql);
    const after = attempt === "end" ? planner.statements.at(-1) : (anchor ?? planner.lastObject);
    if (after === undefined) planner.loose.push({ kind: object.kind, sqls: [sql] });
    else planner.insertAfter(after, [sql]);
  }
  return undefined;
}

/** Statements about an object alone: they can be removed with it. */
function isAbout({ statement }: Made, object: SchemaObject): boolean {
  const own = partsOfName(object.name).at(-1) ?? "";
  if (!saysOneOf(statement.text, new Set([own.replace(/\(.*$/s, "")]))) return false;
  return !statement.createsTable && tableItems(statement).items.length < 2;
}

/** What the object's other statements say: outdated ones go, or become the new ones. */
function replaceAddenda(
  planner: Planner,
  object: SchemaObject,
  later: readonly Made[],
  { addenda: was }: Form,
  { addenda: is }: Form,
): Reason {
  const added = is.filter((sql) => !was.includes(sql));
  const head = (sql: string) => sql.trim().split(/\s+/).slice(0, 2).join(" ").toUpperCase();
  for (const { statement } of later) {
    const at = added.findIndex((sql) => head(sql) === head(statement.text));
    const [sql] = at < 0 ? [] : added.splice(at, 1);
    if (sql === undefined) planner.remove(statement);
    else {
      const styled = inStyle(sql, statement.text);
      const edit = patch(statement.text, inStyle(changedFrom(sql, was, is), statement.text), styled);
      planner.replace(statement, edit ?? { from: 0, to: statement.text.length, text: styled });
    }
  }
  return insert(planner, object, added);
}

/** The former statement of the same form, so that only the difference is written. */
function changedFrom(sql: string, was: readonly string[], is: readonly string[]): string {
  const start = sql.split(/\s+/).slice(0, 4).join(" ");
  const same = (list: readonly string[]) => list.filter((other) => other.startsWith(start));
  return same(was)[0] ?? same(is.filter((other) => other !== sql))[0] ?? sql;
}

function editMain(
  planner: Planner,
  object: SchemaObject,
  { statement }: Made,
  [was, is]: readonly [Form, Form],
  attempt: Attempt,
): Reason {
  const style = (sql: string) => inStyle(sql, statement.text);
  const edit = attempt === "edit" ? patch(statement.text, style(was.main), style(is.main)) : undefined;
  if (edit !== undefined) planner.replace(statement, edit);
  else if (object.kind === "table") return "its CREATE TABLE has another form";
  else planner.replace(statement, { from: 0, to: statement.text.length, text: style(is.main) });
  return undefined;
}

/** Takes a constraint out of CREATE TABLE, where NOT VALID has no effect, and adds it by a separate statement. */
function moveConstraint(planner: Planner, wanted: SchemaObject, creation: Made): Reason {
  const reason = removePart(planner, wanted, creation);
  return reason ?? insert(planner, wanted, kindSql[wanted.kind]?.create(wanted) ?? []);
}

/** The statements that change an existing object as in a script. */
function alterations({ documented, wanted, attributes }: Change, schema: Schema): readonly string[] {
  if (documented === undefined || wanted === undefined) return [];
  const again = wanted.kind === "table" ? inheritedAgain(wanted, documented, schema) : [];
  return [...changesOf(wanted, documented, new Set(attributes)), ...again];
}

function planChanged(planner: Planner, change: Change, attempt: Attempt): Reason {
  const { key, documented, wanted, attributes } = change;
  const made = planner.makers.get(key) ?? [];
  const creation = made.find(({ before, after }) => before === undefined && after !== undefined);
  if (documented === undefined || wanted === undefined || creation?.after === undefined)
    return "no statement of the document creates it";
  const base = creation.after;
  const target = withAttributes(base, wanted, attributes);
  const later = made.filter(
    (entry) =>
      entry !== creation &&
      isAbout(entry, documented) &&
      attributes.some(
        (name) => (entry.before?.attributes[name] ?? null) !== (entry.after?.attributes[name] ?? null),
      ),
  );
  const [was, is] = [formOf(base), formOf(target)];
  if (was === undefined || is === undefined) return unwritable;
  const isAdding = attempt === "append" || attempt === "end";
  const statements = isAdding && wanted.kind !== "constraint" ? alterations(change, planner.wanted) : [];
  if (statements.length > 0) return insert(planner, wanted, statements, attempt);
  // What a later statement had set is compared with that.
  const shown = formOf(withAttributes(base, documented, attributes)) ?? was;
  const refused = replaceAddenda(planner, wanted, later, shown, {
    ...is,
    addenda: is.addenda.filter((sql) => !was.addenda.includes(sql)),
  });
  if (refused !== undefined || (was.main === is.main && attempt === "edit")) return refused;
  const forms = [was, is] as const;
  if (wanted.kind === "column") return editColumn(planner, wanted, creation, forms, attempt);
  if (wanted.kind === "constraint")
    return isAdding
      ? moveConstraint(planner, wanted, creation)
      : editConstraint(planner, wanted, creation, forms, attempt);
  return editMain(planner, wanted, creation, forms, attempt);
}

function planRemoved(planner: Planner, change: Change): Reason {
  const object = objectOf(change);
  const made = planner.makers.get(change.key) ?? [];
  const [creation, ...later] = made;
  if (creation === undefined) return "no statement of the document creates it";
  for (const entry of later) if (isAbout(entry, object)) planner.remove(entry.statement);
  if (object.kind === "column" || object.kind === "constraint") {
    const reason = removePart(planner, object, creation);
    if (reason !== undefined && !creation.statement.createsTable && isAbout(creation, object)) {
      planner.remove(creation.statement);
      return undefined;
    }
    return reason;
  }
  // What a table creates with itself goes with its column.
  if (!creation.statement.createsTable) planner.remove(creation.statement);
  return undefined;
}

function planAdded(planner: Planner, change: Change, attempt: Attempt): Reason {
  const object = objectOf(change);
  const { kind, name } = object;
  if (kind === "column" && (attempt === "edit" || attempt === "replace")) return addColumn(planner, object);
  if (kind === "constraint" && attempt === "edit" && addConstraint(planner, object)) return undefined;
  if (kind === "column") return insert(planner, object, addColumnSql(planner, object), attempt);
  const own = planner.creations.filter((creation) => creation.kind === kind && creation.name === name);
  const sqls = own.length > 0 ? own.flatMap(({ create }) => create) : (kindSql[kind]?.create(object) ?? []);
  const all =
    kind === "constraint" && own.length === 0 ? [...sqls, ...(formOf(object)?.addenda ?? [])] : sqls;
  return all.length === 0 ? unwritable : insert(planner, object, [...new Set(all)], attempt);
}

/** ALTER TABLE for a column of a table whose CREATE TABLE lists none. */
function addColumnSql(_: Planner, object: SchemaObject): string[] {
  const form = formOf(object);
  const table = partsOfName(parentOf(object.name)).join(".");
  return form === undefined ? [] : [`ALTER TABLE ${table} ADD COLUMN ${form.main}`, ...form.addenda];
}

/** Plans the edits for one change. @returns why it cannot be written */
export function planChange(planner: Planner, change: Change, attempt: Attempt): Reason {
  if (change.documented === undefined) return planAdded(planner, change, attempt);
  return change.wanted === undefined ? planRemoved(planner, change) : planChanged(planner, change, attempt);
}
