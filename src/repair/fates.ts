import { alignSchemas } from "../schema/align.ts";
import { append } from "../schema/append.ts";
import { hostOf } from "../schema/hosts.ts";
import { keyOf, nameIn, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";
import { ownName, parentOf } from "../schema/names.ts";
import { itemsOf } from "../sql/parentheses.ts";
import { ofRoles } from "./access-ways.ts";
import { dependenciesOf, keyOfObject } from "./dependencies.ts";
import { lateColumns } from "./late-columns.ts";
import { isLeftWith, isOfLeavingPartition } from "./left-parts.ts";
import { textOf } from "./names.ts";
import { inheritsCheck, originsOf } from "./origins.ts";
import { retypedFields } from "./type-ways.ts";
import { reasonAgainst, wayOf } from "./ways.ts";

/** What a script does to an object: it keeps all others as they are. */
export type Fate = "create" | "drop" | "alter" | "rebuild";

/** An object that a script leaves as it is, although it differs. */
export interface LeftAlone {
  readonly key: ObjectKey;
  readonly reason: string;
}

/** What happens to the objects of two schemas. */
export interface Fates {
  readonly of: ReadonlyMap<ObjectKey, Fate>;
  /** Attributes of altered objects that change, or are set again as what they use is created again. */
  readonly changes: ReadonlyMap<ObjectKey, ReadonlySet<string>>;
  /** Columns whose default is taken away first, as it uses an object that is dropped, and sequences that leave their column. */
  readonly loosened: ReadonlySet<ObjectKey>;
  readonly left: readonly LeftAlone[];
}

/** The attributes in which two objects differ; those of roles count only where both were read with them. */
export function changedAttributes(wanted: SchemaObject, is: SchemaObject): string[] {
  const names = new Set([...Object.keys(wanted.attributes), ...Object.keys(is.attributes)]);
  return [...names].filter(
    (name) =>
      (wanted.attributes[name] ?? null) !== (is.attributes[name] ?? null) &&
      !(ofRoles.has(name) && (!(name in wanted.attributes) || !(name in is.attributes))),
  );
}

/** Whether an attribute can only change with a new object. */
function needsNew(name: string, wanted: SchemaObject, is: SchemaObject): boolean {
  const way = wayOf(wanted.kind, name);
  if (way === "recreate" || way === undefined) return true;
  return (typeof way === "function" ? way : way.change)(wanted, is) === undefined;
}

/** Whether a sequence leaves the column that owns it, which may be dropped. */
function losesOwner(wanted: SchemaObject, is: SchemaObject): boolean {
  const owner = is.kind === "sequence" ? textOf(is, "ownedBy") : undefined;
  return owner !== undefined && owner !== textOf(wanted, "ownedBy");
}

/** Whether a column no longer takes its values from where it does: the sequence can then be dropped or replaced. */
function losesNumbers(wanted: SchemaObject, is: SchemaObject): boolean {
  return (
    is.kind === "column" &&
    ["default", "identity"].some(
      (name) => textOf(is, name) !== undefined && textOf(wanted, name) === undefined,
    )
  );
}

/** The tables below each table, directly. */
function tablesBelow({ objects }: Schema): ReadonlyMap<string, readonly string[]> {
  const below = new Map<string, string[]>();
  for (const object of objects.values()) {
    if (object.kind !== "table") continue;
    const parents = textOf(object, "partitionOf") ?? textOf(object, "inherits");
    for (const parent of parents === undefined ? [] : itemsOf(parents)) append(below, parent, object.name);
  }
  return below;
}

/** Whether an index or constraint survives a new type of its column: PostgreSQL builds it again. */
function survivesRetype({ kind, attributes }: SchemaObject): boolean {
  if (kind === "statistics object") return true;
  const isPlain = [attributes["predicate"], attributes["operatorClasses"]].every(
    (text) => (text ?? null) === null,
  );
  if (kind === "constraint") return ["primary key", "unique"].includes(String(attributes["type"])) && isPlain;
  return kind === "index" && isPlain && !String(attributes["columns"]).includes("(");
}

/** Decides from the differences of two schemas, and from what uses the objects that are dropped. */
class Decision implements Fates {
  readonly of = new Map<ObjectKey, Fate>();
  readonly changes = new Map<ObjectKey, Set<string>>();
  readonly loosened = new Set<ObjectKey>();
  readonly left: LeftAlone[] = [];
  /** Objects that are dropped or created again, and columns with another type. */
  private readonly down = new Set<ObjectKey>();
  private readonly retyped = new Set<ObjectKey>();
  private readonly users = new Map<ObjectKey, ObjectKey[]>();
  /** Columns by the triggers that cannot be created while the column exists. */
  private readonly inWay = new Map<ObjectKey, ObjectKey[]>();
  private readonly below: ReadonlyMap<string, readonly string[]>;
  private readonly from: Schema;
  private readonly to: Schema;

  private readonly replaced: ReadonlySet<ObjectKey>;

  constructor(from: Schema, to: Schema, replaced: ReadonlySet<ObjectKey>) {
    this.from = from;
    this.to = to;
    this.replaced = replaced;
    this.below = tablesBelow(from);
    for (const [column, triggers] of lateColumns(to.objects))
      for (const trigger of triggers) append(this.inWay, trigger, column);
    const dependencies = dependenciesOf(from);
    for (const [key, object] of from.objects)
      for (const need of dependencies.needsOf(object)) append(this.users, need, key);
    this.compare();
    // A set also visits what is added meanwhile.
    for (const cause of this.down) for (const user of this.users.get(cause) ?? []) this.reach(user, cause);
  }

  private compare(): void {
    const { missing, unexpected, pairs } = alignSchemas(this.to, this.from);
    for (const object of missing) {
      if (this.inherits(object, this.from) || isLeftWith(object, this.from, this.to)) continue;
      this.of.set(keyOfObject(object), "create");
      this.clearWayOf(keyOfObject(object));
    }
    for (const object of unexpected)
      if (!this.inherits(object, this.to)) this.takeDown(keyOfObject(object), "drop");
    for (const [wanted, is] of pairs) this.comparePair(wanted, is);
    this.grantColumns();
  }

  /** REVOKE on a table also takes the privileges of its columns: they are granted again. */
  private grantColumns(): void {
    const tables = new Set(
      [...this.changes].flatMap(([key, names]) => (names.has("privileges") ? [key] : [])),
    );
    if (tables.size === 0) return;
    for (const [key, column] of this.to.objects) {
      if (column.kind !== "column" || textOf(column, "privileges") === undefined) continue;
      const isKept = this.from.objects.has(key) && ["alter", undefined].includes(this.of.get(key));
      if (isKept && tables.has(keyOf("table", parentOf(column.name)))) this.alter(key, ["privileges"]);
    }
  }

  /** Whether a table has a column or check from a table above it in a schema that does not list it as the table's own. */
  private inherits(part: SchemaObject, schema: Schema): boolean {
    const key = keyOfObject(part);
    const isKept = [this.from, this.to].every(({ objects }) =>
      objects.has(keyOf("table", parentOf(part.name))),
    );
    if (part.kind === "constraint")
      return isKept && part.attributes["type"] === "check" && inheritsCheck(part, schema);
    return (
      part.kind === "column" && isKept && originsOf(key, schema).some((origin) => schema.objects.has(origin))
    );
  }

  private comparePair(wanted: SchemaObject, is: SchemaObject): void {
    const key = keyOfObject(wanted);
    const changed = changedAttributes(wanted, is);
    const isPossible = (name: string) => {
      // Without its partitioned table, an index of a partition is that of its table.
      if (name === "ofPartition" && isOfLeavingPartition(is, this.from, this.to)) return false;
      const reason = reasonAgainst(wanted.kind, name);
      if (reason !== undefined) this.left.push({ key, reason: `${name}: ${reason}` });
      return reason === undefined;
    };
    const names = changed.filter(isPossible);
    if (names.length === 0) return;
    const isNew =
      this.replaced.has(key) ||
      names.some((name) => needsNew(name, wanted, is)) ||
      (retypedFields(wanted, is).length > 0 && this.isStored(key));
    if (isNew) this.takeDown(key, "rebuild");
    else this.alter(key, names);
    if (this.of.get(key) === "alter" && (losesNumbers(wanted, is) || losesOwner(wanted, is)))
      this.loosened.add(key);
  }

  /** Whether a column has a type, or one that contains it: PostgreSQL then changes the type of no field. */
  private isStored(type: ObjectKey): boolean {
    const seen = new Set([type]);
    for (const one of seen)
      for (const user of this.users.get(one) ?? []) {
        if (user.startsWith("column ")) return true;
        if (user.startsWith("type ")) seen.add(user);
      }
    return false;
  }

  private takeDown(key: ObjectKey, fate: "drop" | "rebuild"): void {
    this.of.set(key, fate);
    this.changes.delete(key);
    this.addDown(key);
    if (fate === "rebuild") this.clearWayOf(key);
  }

  private clearWayOf(trigger: ObjectKey): void {
    for (const column of this.inWay.get(trigger) ?? [])
      if (this.from.objects.has(column) && !this.isDown(column)) this.takeDown(column, "rebuild");
  }

  private alter(key: ObjectKey, names: readonly string[]): void {
    this.of.set(key, "alter");
    this.changes.set(key, new Set([...(this.changes.get(key) ?? []), ...names]));
    if (!key.startsWith("column ") || !names.some((name) => name === "type" || name === "collation")) return;
    this.retyped.add(key);
    this.addDown(key);
  }

  /** A column also goes, or has another type, in the tables that inherit it. */
  private addDown(key: ObjectKey): void {
    this.down.add(key);
    if (!key.startsWith("column ")) return;
    const name = nameIn(key);
    for (const table of this.below.get(parentOf(name)) ?? []) {
      const inherited = keyOf("column", `${table}.${ownName(name)}`);
      if (this.retyped.has(key)) this.retyped.add(inherited);
      if (!this.from.objects.has(inherited)) this.addDown(inherited);
    }
  }

  private isDown(key: ObjectKey | undefined): boolean {
    const fate = key === undefined ? undefined : this.of.get(key);
    return fate === "drop" || fate === "rebuild";
  }

  /** What becomes of an object that uses another one, which is not there for a while or has another type. */
  private reach(user: ObjectKey, cause: ObjectKey): void {
    const [is, wanted] = [this.from.objects.get(user), this.to.objects.get(user)];
    // A column that was added after a trigger does not use it.
    if (is === undefined || wanted === undefined || this.isDown(user) || cause.startsWith("trigger ")) return;
    const keepsUsing = wanted.needs.includes(cause);
    if (is.kind === "column") {
      this.reachColumn(user, wanted, cause, keepsUsing);
      return;
    }
    if (this.retyped.has(cause) && survivesRetype(is)) return;
    if ((is.kind === "table" || is.kind === "type") && !keepsUsing) return;
    if (is.kind === "extension" || is.kind === "schema") return;
    if (textOf(is, "type") === "domain" && cause.startsWith("function ")) {
      this.loosened.add(user);
      this.alter(
        user,
        ["checks", "default"].filter((name) => textOf(wanted, name) !== undefined),
      );
      return;
    }
    this.takeDown(user, "rebuild");
  }

  private reachColumn(user: ObjectKey, wanted: SchemaObject, cause: ObjectKey, keepsUsing: boolean): void {
    if (this.isDown(hostOf(wanted))) return;
    const isGenerated = textOf(wanted, "generated") !== undefined;
    if (cause.startsWith("type ")) {
      if (keepsUsing) this.alter(user, ["type"]);
    } else if (isGenerated) this.takeDown(user, "rebuild");
    else if (keepsUsing && textOf(wanted, "default") !== undefined) {
      this.loosened.add(user);
      this.alter(user, ["default"]);
    }
  }
}

/**
 * Decides what a script does to each object so that one schema becomes the other.
 * @param replaced changed objects that are dropped and created, whatever way their attributes have
 */
export function fatesOf(from: Schema, to: Schema, replaced: ReadonlySet<ObjectKey>): Fates {
  return new Decision(from, to, replaced);
}
