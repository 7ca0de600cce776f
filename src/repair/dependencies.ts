import { hostOf } from "../schema/hosts.ts";
import { keyOf, nameIn, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";
import { parentOf } from "../schema/names.ts";
import { circlesOf } from "./circles.ts";
import { lateColumns } from "./late-columns.ts";
import { textOf } from "./names.ts";
import { hasOthersColumns } from "./tables.ts";

export function keyOfObject({ kind, name }: SchemaObject): ObjectKey {
  return keyOf(kind, name);
}

/** What a need means where the needed column is inherited and so is not a separate object: its table. */
export function tableOfColumn(need: ObjectKey): ObjectKey {
  return need.startsWith("column ") ? keyOf("table", parentOf(nameIn(need))) : need;
}

/** Objects by the table that contains them. */
function partsByTable(objects: Iterable<SchemaObject>): ReadonlyMap<ObjectKey, readonly SchemaObject[]> {
  const parts = new Map<ObjectKey, SchemaObject[]>();
  for (const object of objects) {
    const host = hostOf(object);
    const known = host === undefined ? undefined : parts.get(host);
    if (known !== undefined) known.push(object);
    else if (host !== undefined) parts.set(host, [object]);
  }
  return parts;
}

/** Constraints that CREATE TABLE may contain: the others need other tables, or are not valid. */
function isInline({ kind, attributes }: SchemaObject): boolean {
  const { type, validated, enforced } = attributes;
  return (
    kind === "constraint" &&
    ["primary key", "unique", "check"].includes(String(type)) &&
    validated !== false &&
    enforced !== false
  );
}

/** What the objects of a schema need before they can be created, and the circles among them. */
export class Dependencies {
  private readonly parts: ReadonlyMap<ObjectKey, readonly SchemaObject[]>;
  /** By the column that owns each. */
  private readonly sequences = new Map<string, SchemaObject>();
  private readonly late: ReadonlyMap<ObjectKey, readonly ObjectKey[]>;
  private readonly circles: ReadonlyMap<ObjectKey, ReadonlySet<ObjectKey>>;

  constructor({ objects }: Schema) {
    this.parts = partsByTable(objects.values());
    this.late = lateColumns(objects);
    for (const object of objects.values()) {
      const owner = object.kind === "sequence" ? textOf(object, "ownedBy") : undefined;
      if (owner !== undefined) this.sequences.set(owner, object);
    }
    const graph = new Map<ObjectKey, readonly ObjectKey[]>();
    for (const [key, object] of objects) {
      const own = object.kind === "table" ? [...this.columnsOf(object), ...this.inlineOf(object)] : [];
      const needs = [object, ...own].flatMap((one) => this.needsOf(one));
      graph.set(
        key,
        needs.map((need) => (objects.has(need) ? need : tableOfColumn(need))),
      );
    }
    this.circles = circlesOf(graph);
  }

  /** What an object needs; a sequence exists before the column that owns it. */
  needsOf(object: SchemaObject): readonly ObjectKey[] {
    const late = this.late.get(keyOfObject(object)) ?? [];
    return late.length === 0 ? this.ownNeedsOf(object) : [...this.ownNeedsOf(object), ...late];
  }

  /** Whether a column is added to its table after triggers: see {@link lateColumns}. */
  isLate(column: ObjectKey): boolean {
    return this.late.has(column);
  }

  private ownNeedsOf(object: SchemaObject): readonly ObjectKey[] {
    if (object.kind === "sequence" && textOf(object, "ownedBy") !== undefined)
      return object.needs.filter((need) => need.startsWith("schema "));
    const owned = object.kind === "column" ? this.sequenceOf(object) : undefined;
    return owned === undefined || textOf(object, "default") === undefined
      ? object.needs
      : [...object.needs, keyOfObject(owned)];
  }

  /** The sequence that a column owns. */
  sequenceOf(column: SchemaObject): SchemaObject | undefined {
    return this.sequences.get(column.name);
  }

  /** The columns of a table in their order. */
  columnsOf(table: SchemaObject): readonly SchemaObject[] {
    return (this.parts.get(keyOfObject(table)) ?? [])
      .filter(({ kind }) => kind === "column")
      .sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
  }

  /** The constraints of a table that its CREATE TABLE may contain. */
  inlineOf(table: SchemaObject): readonly SchemaObject[] {
    return hasOthersColumns(table) ? [] : (this.parts.get(keyOfObject(table)) ?? []).filter(isInline);
  }

  /** What a part of a table needs that itself needs the table. */
  circular(part: SchemaObject, table: SchemaObject): readonly ObjectKey[] {
    const key = keyOfObject(table);
    const circle = this.circles.get(key);
    if (circle === undefined) return [];
    const own = new Set([key, ...(this.parts.get(key) ?? []).map(keyOfObject)]);
    return this.needsOf(part).filter((need) => circle.has(need) && !own.has(need));
  }
}

const known = new WeakMap<Schema, Dependencies>();

/** The dependencies of a schema, found once: several parts of a plan need them. */
export function dependenciesOf(schema: Schema): Dependencies {
  const found = known.get(schema) ?? new Dependencies(schema);
  known.set(schema, found);
  return found;
}
