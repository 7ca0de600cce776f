import type { Diagram, Reference } from "../diagram/model.ts";
import { columnsIn } from "../diagram/names.ts";
import type { Location } from "../errors.ts";
import { constraintDefinition } from "../repair/constraints.ts";
import { createIndex } from "../repair/indexes.ts";
import { kindSql } from "../repair/kinds.ts";
import { hostName, partName } from "../repair/names.ts";
import { keyOf, type ObjectKey, type SchemaObject } from "../schema/model.ts";
import { partsOfName, plainName } from "../schema/names.ts";
import type { Touch } from "../trace/touches.ts";
import { originOf } from "../verify/index-counts.ts";
import { type AllObjects, keyOfObject, partsByHost } from "./lives.ts";
import type { PageColumn, PageIndex, PageObject, PagePart, PageReference, PageTable } from "./model.ts";
import type { Verdicts } from "./verdicts.ts";

/** What is known about one database. */
export interface DatabaseContent {
  readonly key: string;
  readonly objects: AllObjects;
  readonly diagram: Diagram;
  readonly verdicts: Verdicts;
  touchesOf(key: ObjectKey): readonly Touch[];
  locationOf(table: string): Location | undefined;
}

function textOf({ attributes }: SchemaObject, attribute: string): string | undefined {
  const value = attributes[attribute];
  return value === null || value === undefined || value === "" ? undefined : String(value);
}

function shownName(name: string): string {
  return partsOfName(name).at(-1) ?? name;
}

function partOf({ objects, touchesOf }: DatabaseContent, object: SchemaObject): PagePart {
  const key = keyOfObject(object);
  return {
    name: shownName(object.name),
    comment: textOf(object, "comment"),
    life: objects.lifeOf(key),
    drift: objects.driftOf(key),
    touches: touchesOf(key).map(({ number, name, phase, action, what }) => ({
      number,
      name,
      phase,
      action,
      what,
    })),
  };
}

/** The default of a column, its identity or its expression, as SQL. */
function presetOf(column: SchemaObject): string | undefined {
  const generated = textOf(column, "generated");
  if (generated !== undefined)
    return `GENERATED ALWAYS AS (${textOf(column, "expression")}) ${generated.toUpperCase()}`;
  const identity = textOf(column, "identity");
  return identity === undefined
    ? textOf(column, "default")
    : `GENERATED ${identity.toUpperCase()} AS IDENTITY`;
}

function columnsOf(
  content: DatabaseContent,
  parts: readonly SchemaObject[],
  drawn: Diagram["tables"][number],
): PageColumn[] {
  const roles = new Map(drawn.columns.map((column) => [column.name, column.roles]));
  return parts
    .filter(({ kind }) => kind === "column")
    .sort((a, b) => (a.position ?? 0) - (b.position ?? 0) || (a.name < b.name ? -1 : 1))
    .map((object) => ({
      ...partOf(content, object),
      type: textOf(object, "type") ?? "",
      nullable: object.attributes["notNull"] !== true,
      value: presetOf(object),
      roles: roles.get(shownName(object.name)) ?? [],
    }));
}

/** What defines an index, without the words that every index begins with. */
function indexDefinition(object: SchemaObject): string {
  if (object.kind === "constraint") return constraintBody(object);
  const isUnique = object.attributes["unique"] === true;
  const start = `CREATE ${isUnique ? "UNIQUE " : ""}INDEX ${partName(object.name)} ON ${hostName(object.name)} `;
  return `${isUnique ? "UNIQUE " : ""}${createIndex(object).slice(start.length)}`;
}

function constraintBody(object: SchemaObject): string {
  return constraintDefinition(object).slice(`CONSTRAINT ${partName(object.name)} `.length);
}

function indexesOf(content: DatabaseContent, parts: readonly SchemaObject[]): PageIndex[] {
  return parts
    .flatMap((object): PageIndex[] => {
      const origin = originOf(object);
      if (origin === undefined) return [];
      const part = partOf(content, object);
      const verdict = content.verdicts(object, part.life, part.drift);
      return [{ ...part, origin, definition: indexDefinition(object), verdict }];
    })
    .sort((a, b) => Number(b.origin === "primaryKey") - Number(a.origin === "primaryKey") || byName(a, b));
}

/** The kinds of a table's parts that have separate lists. */
const listed: ReadonlySet<string> = new Set(["column", "index"]);

function objectsOf(content: DatabaseContent, parts: readonly SchemaObject[]): PageObject[] {
  return parts
    .filter(({ kind }) => !listed.has(kind))
    .map((object) => ({
      ...partOf(content, object),
      kind: object.kind === "constraint" ? String(object.attributes["type"]) : object.kind,
      definition:
        object.kind === "constraint"
          ? constraintBody(object)
          : (kindSql[object.kind]?.create(object)[0] ?? ""),
    }))
    .sort((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : byName(a, b)));
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

function kindOf({ attributes }: SchemaObject, partitions: number | undefined): string {
  const type = String(attributes["type"] ?? "table");
  if (partitions === undefined) return type;
  return `${type}, ${partitions} ${partitions === 1 ? "partition" : "partitions"}`;
}

/** The tables of one database; partitions are counted, not listed. */
export function tablesOf(content: DatabaseContent): PageTable[] {
  const { key, objects, diagram } = content;
  const parts = partsByHost(objects.schema);
  return diagram.tables
    .flatMap((drawn): PageTable[] => {
      const name = drawn.id.slice(key.length + 1);
      const object = objects.schema.objects.get(keyOf("table", name));
      if (drawn.stubOf !== undefined || object === undefined) return [];
      const own = parts.get(keyOfObject(object)) ?? [];
      return [
        {
          ...partOf(content, object),
          id: drawn.id,
          database: key,
          name: drawn.name,
          kind: kindOf(object, drawn.partitions),
          location: content.locationOf(name),
          columns: columnsOf(content, own, drawn),
          indexes: indexesOf(content, own),
          objects: objectsOf(content, own),
        },
      ];
    })
    .sort(byName);
}

/** What a foreign key does when the referenced row changes. */
function actionsOf(constraint: SchemaObject): string | undefined {
  const actions = (["onDelete", "onUpdate"] as const).flatMap((attribute) => {
    const action = textOf(constraint, attribute);
    const words = attribute === "onDelete" ? "ON DELETE" : "ON UPDATE";
    return action === undefined || action === "no action" ? [] : [`${words} ${action.toUpperCase()}`];
  });
  return actions.length === 0 ? undefined : actions.join(" ");
}

/**
 * The references of one database.
 * @param toColumnOf the column that a logical reference of the document names
 */
export function referencesOf(
  content: DatabaseContent,
  toColumnOf: (reference: Reference) => string | undefined,
): PageReference[] {
  const { key, objects, diagram } = content;
  return diagram.references.map((reference) => {
    const { id, from, to, columns, optional, unique, logical } = reference;
    const constraint = logical
      ? undefined
      : objects.schema.objects.get(keyOf("constraint", id.slice(key.length + 1)));
    const [first = ""] = columns;
    const column = keyOf("column", `${from.slice(key.length + 1)}.${plainName(first)}`);
    const toColumn = logical ? toColumnOf(reference) : undefined;
    return {
      id,
      from,
      to,
      columns,
      toColumns:
        constraint === undefined
          ? toColumn === undefined
            ? []
            : [toColumn]
          : columnsIn(constraint.attributes["referencedColumns"]),
      logical,
      optional,
      unique,
      life: objects.lifeOf(constraint === undefined ? column : keyOfObject(constraint)),
      note: constraint === undefined ? undefined : actionsOf(constraint),
    };
  });
}
