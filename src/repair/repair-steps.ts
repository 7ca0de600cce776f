import { hostOf } from "../schema/hosts.ts";
import { keyOf, type ObjectKey, type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import { parentOf } from "../schema/names.ts";
import { accessOf, carryAccess, withAccess } from "./access.ts";
import { changesOf } from "./changes.ts";
import { addColumn, carryNumbers, loosenColumn, loosened } from "./column-ways.ts";
import { columnDefinition } from "./columns.ts";
import { changesFields } from "./conditions/field-trial.ts";
import { changeOfValue } from "./conditions/losses.ts";
import { creationUnits } from "./creation.ts";
import { keyOfObject } from "./dependencies.ts";
import type { Fates, LeftAlone } from "./fates.ts";
import { waitingName } from "./free-names.ts";
import type { Chain, Gentle } from "./gentle.ts";
import { concurrently } from "./indexes.ts";
import { partitionIndexes } from "./inherited.ts";
import { inheritedAgain } from "./inherited-again.ts";
import { lateColumns } from "./late-columns.ts";
import { isSet, partName, sqlName, textOf } from "./names.ts";
import { renameRange } from "./range-names.ts";
import { destroysRows, removalOf } from "./removal.ts";
import { refresh } from "./routine-ways.ts";
import { type Step, stepOf } from "./steps.ts";
import { looseDomain, loosenDomain } from "./type-ways.ts";

/** The steps of a script, without their order. */
export interface RepairSteps {
  /** What drops each object, or takes it out of the way. */
  readonly takes: ReadonlyMap<ObjectKey, Step>;
  /** What drops a type that was out of the way while columns changed to the new one. */
  readonly ends: ReadonlyMap<ObjectKey, Step>;
  readonly loosens: ReadonlyMap<ObjectKey, Step>;
  readonly alters: ReadonlyMap<ObjectKey, Step>;
  /** What makes each column NOT NULL in steps. */
  readonly tightens: ReadonlyMap<ObjectKey, Chain>;
  readonly creates: ReadonlyMap<ObjectKey, Step>;
  /** What a creation needs, besides the needs of the objects that it creates. */
  readonly needs: ReadonlyMap<Step, readonly ObjectKey[]>;
  readonly all: readonly Step[];
  /** Objects that are needed and cannot be written. */
  readonly unwritten: readonly LeftAlone[];
}

class Builder implements RepairSteps {
  readonly takes = new Map<ObjectKey, Step>();
  readonly ends = new Map<ObjectKey, Step>();
  readonly loosens = new Map<ObjectKey, Step>();
  readonly alters = new Map<ObjectKey, Step>();
  readonly tightens = new Map<ObjectKey, Chain>();
  readonly creates = new Map<ObjectKey, Step>();
  readonly needs = new Map<Step, readonly ObjectKey[]>();
  readonly all: Step[] = [];
  readonly unwritten: LeftAlone[] = [];

  private readonly from: Schema;
  private readonly to: Schema;
  private readonly fates: Fates;
  private readonly gentle: Gentle;
  private readonly late: ReadonlyMap<ObjectKey, readonly ObjectKey[]>;

  constructor(from: Schema, to: Schema, fates: Fates, gentle: Gentle) {
    this.from = from;
    this.to = to;
    this.fates = fates;
    this.gentle = gentle;
    this.late = lateColumns(to.objects);
    for (const [key, object] of from.objects) if (this.isDown(key)) this.take(key, object);
    for (const key of fates.loosened) this.loosen(key);
    this.create();
    for (const [key, changed] of fates.changes) this.alter(key, changed);
  }

  private add(step: Step): Step {
    this.all.push(step);
    return step;
  }

  private isDown(key: ObjectKey | undefined): boolean {
    const fate = key === undefined ? undefined : this.fates.of.get(key);
    return fate === "drop" || fate === "rebuild";
  }

  /** The object whose removal also drops this one. */
  private carrierOf(object: SchemaObject): ObjectKey | undefined {
    const host = hostOf(object);
    // A server is only dropped without its user mappings.
    if (object.kind === "user mapping") return undefined;
    // Foreign keys between dropped tables may form circles.
    if (textOf(object, "type") === "foreign key" && object.kind === "constraint") {
      const referenced = keyOf("table", textOf(object, "referencedTable") ?? "");
      if (this.isDown(referenced) && referenced !== host) return undefined;
    }
    if (host !== undefined && this.isDown(host)) return host;
    const whole = isSet(object, "ofPartition") ? this.wholeOf(object) : undefined;
    if (whole !== undefined) return whole;
    const owner = object.kind === "sequence" ? textOf(object, "ownedBy") : undefined;
    if (owner === undefined) return undefined;
    const [column, table] = [keyOf("column", owner), keyOf("table", parentOf(owner))];
    if (this.isDown(table)) return table;
    return this.isDown(column) ? column : undefined;
  }

  /** The dropped index of a partitioned table of which an index is a part. */
  private wholeOf(part: SchemaObject): ObjectKey | undefined {
    const above = [...partitionIndexes(this.from)].filter(([, keys]) => keys.includes(keyOfObject(part)));
    const tables = new Set(above.map(([table]) => table));
    const isWhole = (object: SchemaObject) =>
      object.kind === "index" &&
      tables.has(parentOf(object.name)) &&
      ["method", "unique", "columns", "predicate"].every(
        (name) => object.attributes[name] === part.attributes[name],
      );
    return [...this.from.objects].find(([key, object]) => this.isDown(key) && isWhole(object))?.[0];
  }

  private take(key: ObjectKey, object: SchemaObject): Step | undefined {
    const known = this.takes.get(key);
    if (known !== undefined) return known;
    const carrier = this.carrierOf(object);
    const carrying = carrier === undefined ? undefined : this.from.objects.get(carrier);
    const step =
      carrier === undefined || carrying === undefined
        ? this.remove(key, object)
        : this.take(carrier, carrying);
    if (step !== undefined) this.takes.set(key, step);
    return step;
  }

  private remove(key: ObjectKey, object: SchemaObject): Step {
    if (!this.isStored(key)) {
      const sql = removalOf(object);
      return this.add(
        this.gentle.dropsIndex(object)
          ? stepOf(object, "drop", [concurrently(sql)], { isRemoval: true, mode: "outside" })
          : stepOf(object, "drop", [sql], { isRemoval: true, destroysRows: destroysRows(object) }),
      );
    }
    const waiting = waitingName(object, [this.from, this.to]);
    const rename = `ALTER TYPE ${sqlName(object.name)} RENAME TO ${partName(waiting)}`;
    const isDomain = textOf(object, "type") === "domain";
    const drop = `DROP ${isDomain ? "DOMAIN" : "TYPE"} ${sqlName(waiting)}`;
    this.ends.set(key, this.add(stepOf(object, "drop the old", [drop])));
    const range = renameRange(object, waiting, this.gentle.hasMultiranges);
    return this.add(stepOf(object, "set aside", [rename, ...range], { isRemoval: true }));
  }

  /** Whether columns have a type until they change to another one, also within a type that waits to be dropped. */
  private isStored(type: ObjectKey): boolean {
    if (!type.startsWith("type ")) return false;
    const uses = (key: ObjectKey) => this.from.objects.get(key)?.needs.includes(type) === true;
    const isOfColumn = [...this.fates.changes].some(
      ([key, names]) => key.startsWith("column ") && names.has("type") && uses(key),
    );
    return (
      isOfColumn ||
      [...this.fates.of].some(
        ([key, fate]) =>
          (fate === "drop" || fate === "rebuild") &&
          key.startsWith("type ") &&
          uses(key) &&
          this.isStored(key),
      )
    );
  }

  private loosen(key: ObjectKey): void {
    const is = this.from.objects.get(key);
    if (is === undefined || this.isDown(key)) return;
    const [verb, sql]: readonly [string, readonly string[]] =
      is.kind === "sequence"
        ? ["take the column from", [`ALTER SEQUENCE ${sqlName(is.name)} OWNED BY NONE`]]
        : is.kind === "type"
          ? ["take the expressions from", loosenDomain(is)]
          : ["take the default from", [loosenColumn(is)]];
    const step = stepOf(is, verb, sql, { isRemoval: true });
    this.loosens.set(key, this.add(step));
  }

  /** The wanted object; one that is created again has the owner and privileges that it had. */
  private wanted(key: ObjectKey, object: SchemaObject): SchemaObject {
    return withAccess(object, this.from.objects.get(key));
  }

  private create(): void {
    const isNew = (key: ObjectKey) => ["create", "rebuild"].includes(this.fates.of.get(key) ?? "");
    const isOfNew = (object: SchemaObject) =>
      object.kind === "column" && isNew(keyOf("table", parentOf(object.name)));
    const objects = [...this.to.objects].flatMap(([key, object]) =>
      isNew(key) || isOfNew(object) ? [this.wanted(key, object)] : [],
    );
    const schema = schemaOf(objects, [], this.to.serverVersion);
    const { units, unwritten } = creationUnits(schema);
    const partsBelow = partitionIndexes(this.to);
    for (const [key] of unwritten) this.unwritten.push({ key, reason: "the program cannot write it as SQL" });
    for (const unit of units) {
      const own = unit.provides.flatMap((key) => schema.objects.get(key) ?? []);
      const sql = [...unit.create, ...own.flatMap(refresh), ...accessOf(own, this.to, this.from)];
      const [only] = own;
      const chain = only === undefined ? undefined : this.gentle.creation(only, sql);
      const main = chain?.main ?? stepOf(unit, "create", sql);
      const steps = chain?.steps ?? [main];
      this.all.push(...steps);
      for (const key of unit.provides) this.creates.set(key, main);
      // An index of a partitioned table takes those of partitions that exist, which may have other names.
      const below = unit.kind === "index" ? (partsBelow.get(unit.table ?? "") ?? []) : [];
      this.needs.set(steps[0], [...unit.needs, ...below]);
    }
    for (const object of objects) if (object.kind === "column" && !isOfNew(object)) this.addColumn(object);
  }

  private addColumn(column: SchemaObject): void {
    const definition = columnDefinition(column, { withDefault: true });
    const sql = [...addColumn(column, definition), ...accessOf([column], this.to, this.from)];
    const step = this.add(stepOf(column, "add", sql));
    this.creates.set(keyOfObject(column), step);
    const triggers = this.late.get(keyOfObject(column)) ?? [];
    this.needs.set(step, [...column.needs, ...triggers]);
  }

  private alter(key: ObjectKey, changed: ReadonlySet<string>): void {
    const [wanted, is] = [this.to.objects.get(key), this.from.objects.get(key)];
    if (wanted === undefined || is === undefined || this.isDown(key) || this.isDown(hostOf(is))) return;
    const loose = is.kind === "type" ? looseDomain(is) : loosened(is);
    const start = this.loosens.has(key) ? loose : is;
    const chain = wanted.kind === "column" ? this.gentle.notNull(wanted, changed) : undefined;
    if (chain !== undefined) {
      this.tightens.set(key, chain);
      this.all.push(...chain.steps);
    }
    const names = [...changed].filter((name) => name !== "notNull" || chain === undefined);
    if (names.length === 0) return;
    const sql = [
      ...changesOf(wanted, start, new Set(names)),
      ...(wanted.kind === "column"
        ? [...carryNumbers(wanted, is), ...carryAccess(wanted, is, this.from, this.to)]
        : []),
      ...(wanted.kind === "table" ? inheritedAgain(wanted, is, this.to) : []),
    ];
    const types = [textOf(is, "type") ?? "", textOf(wanted, "type") ?? ""] as const;
    const isRounded = (need: ObjectKey) =>
      need.startsWith("type ") && changesFields(this.to.objects.get(need), this.from.objects.get(need));
    const isLossy =
      wanted.kind === "column" &&
      changed.has("type") &&
      (changeOfValue(...types) !== undefined || wanted.needs.some(isRounded));
    const verb = isLossy ? "round or shorten" : "change";
    this.alters.set(
      key,
      this.add(stepOf(wanted, verb, sql, { mode: this.gentle.modeOfChange(wanted, sql) })),
    );
  }
}

/** The steps from one schema to another. */
export function repairSteps(from: Schema, to: Schema, fates: Fates, gentle: Gentle): RepairSteps {
  return new Builder(from, to, fates, gentle);
}
