import { hostOf } from "../schema/hosts.ts";
import { type Kind, keyOf, nameIn, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";
import { parentOf, partsOfName } from "../schema/names.ts";
import { circlesOf, type Graph } from "./circles.ts";
import { type ColumnForm, dropDefault, setDefault } from "./columns.ts";
import { constraintAddenda } from "./constraints.ts";
import { creationOrder, kindSql } from "./kinds.ts";
import { textLiteral } from "./literals.ts";
import { nameInSchema, sqlName, textOf } from "./names.ts";
import { isUsualSequence } from "./sequences.ts";
import { createTable, hasOthersColumns, tableIdentity } from "./tables.ts";

/** Statements that belong together: those of one object, or a part of a table that is created later. */
export interface Creation {
  readonly kind: Kind;
  readonly name: string;
  /** The table that it belongs to, as a name of the reader; undefined for what belongs to no table. */
  readonly table: string | undefined;
  readonly create: readonly string[];
  /** What reverses it; undefined if dropping another object does. */
  readonly drop: string | undefined;
}

/** The creation of a schema, in an order that works. */
export interface CreationPlan {
  readonly creations: readonly Creation[];
  /** Objects that this program cannot write as SQL. */
  readonly unwritten: readonly SchemaObject[];
}

/** A creation with what must be there before it. */
interface Unit extends Creation {
  readonly provides: readonly ObjectKey[];
  readonly needs: readonly ObjectKey[];
}

function keyOfObject({ kind, name }: SchemaObject): ObjectKey {
  return keyOf(kind, name);
}

/** What every database has. */
const present: ReadonlySet<ObjectKey> = new Set([keyOf("schema", "public"), keyOf("extension", "plpgsql")]);

function comment(identity: string, text: string | undefined): string[] {
  return text === undefined ? [] : [`COMMENT ON ${identity} IS ${textLiteral(text)}`];
}

/** Comments on an object, and on what only its attributes show. */
function commentsOf(object: SchemaObject, identity: string): string[] {
  const checks = object.kind === "type" ? (textOf(object, "checkComments") ?? "") : "";
  const ofChecks = checks.split(/, (?=(?:"(?:[^"]|"")+"|[a-z_][a-z0-9_]*): )/).flatMap((item) => {
    const [, name, text] = /^("(?:[^"]|"")+"|[^:]+): (.*)$/s.exec(item) ?? [];
    return name === undefined
      ? []
      : comment(`CONSTRAINT ${sqlName(name)} ON DOMAIN ${sqlName(object.name)}`, text);
  });
  const ofIndex =
    object.kind === "constraint"
      ? comment(`INDEX ${nameInSchema(object.name)}`, textOf(object, "indexComment"))
      : [];
  return [...comment(identity, textOf(object, "comment")), ...ofChecks, ...ofIndex];
}

/** Objects by the table that contains them. */
function partsByTable(objects: Iterable<SchemaObject>): ReadonlyMap<ObjectKey, SchemaObject[]> {
  const parts = new Map<ObjectKey, SchemaObject[]>();
  for (const object of objects) {
    const host = hostOf(object);
    if (host === undefined) continue;
    parts.set(host, [...(parts.get(host) ?? []), object]);
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

/** Plans a schema: the dependencies of its objects and the forms of its tables. */
class Planner {
  private readonly parts: ReadonlyMap<ObjectKey, SchemaObject[]>;
  private readonly sequences = new Map<string, SchemaObject>();
  private readonly circles: ReadonlyMap<ObjectKey, ReadonlySet<ObjectKey>>;
  readonly unwritten: SchemaObject[] = [];
  private readonly schema: Schema;

  constructor(schema: Schema) {
    this.schema = schema;
    this.parts = partsByTable(schema.objects.values());
    for (const object of schema.objects.values()) {
      const owner = object.kind === "sequence" ? textOf(object, "ownedBy") : undefined;
      if (owner !== undefined) this.sequences.set(owner, object);
    }
    this.circles = circlesOf(this.graph());
  }

  /** What an object needs before it is created; a sequence exists before the column that owns it. */
  private needsOf(object: SchemaObject): readonly ObjectKey[] {
    const owner = object.kind === "sequence" ? textOf(object, "ownedBy") : undefined;
    if (owner !== undefined) return object.needs.filter((need) => need.startsWith("schema "));
    const owned = object.kind === "column" ? this.sequences.get(object.name) : undefined;
    return owned === undefined || textOf(object, "default") === undefined
      ? object.needs
      : [...object.needs, keyOfObject(owned)];
  }

  private columnsOf(table: SchemaObject): SchemaObject[] {
    return (this.parts.get(keyOfObject(table)) ?? [])
      .filter(({ kind }) => kind === "column")
      .sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
  }

  private inlineOf(table: SchemaObject): SchemaObject[] {
    return hasOthersColumns(table) ? [] : (this.parts.get(keyOfObject(table)) ?? []).filter(isInline);
  }

  /** The object that a need means: an inherited column means its table. */
  private reached(need: ObjectKey): ObjectKey {
    return this.schema.objects.has(need) ? need : tableOfColumn(need);
  }

  private graph(): Graph {
    const graph = new Map<ObjectKey, readonly ObjectKey[]>();
    for (const [key, object] of this.schema.objects) {
      const own =
        object.kind === "table"
          ? [...this.columnsOf(object), ...this.inlineOf(object)].flatMap((part) => this.needsOf(part))
          : [];
      graph.set(
        key,
        [...this.needsOf(object), ...own].map((need) => this.reached(need)),
      );
    }
    return graph;
  }

  /** What a part of a table needs that itself needs the table. */
  private circular(part: SchemaObject, table: ObjectKey): ObjectKey[] {
    const circle = this.circles.get(table);
    if (circle === undefined) return [];
    const own = new Set<ObjectKey>([table, ...(this.parts.get(table) ?? []).map(keyOfObject)]);
    return this.needsOf(part).filter((need) => circle.has(need) && !own.has(need));
  }

  /** `serial` and the like for a column that owns a usual sequence with the usual name. */
  private serialType(column: SchemaObject): string | undefined {
    const sequence = this.sequences.get(column.name);
    const type = textOf(column, "type") ?? "";
    const word = { integer: "serial", bigint: "bigserial", smallint: "smallserial" }[type];
    if (sequence === undefined || word === undefined || column.attributes["notNull"] !== true)
      return undefined;
    const [schema = "", table = "", own = ""] = partsOfName(column.name);
    const name = `${table}_${own}_seq`;
    const [sequenceSchema, sequenceName] = partsOfName(sequence.name);
    const isUsual =
      sequenceSchema === schema &&
      sequenceName === name &&
      Buffer.byteLength(name) < 64 &&
      textOf(sequence, "type") === type &&
      isUsualSequence(sequence) &&
      textOf(sequence, "comment") === undefined;
    const isDefault = /^nextval\('.*'::regclass\)$/.test(textOf(column, "default") ?? "");
    return isUsual && isDefault && column.needs.every((need) => need.startsWith("table ")) ? word : undefined;
  }

  private tableUnits(table: SchemaObject): Unit[] {
    const key = keyOfObject(table);
    const usual = { kind: table.kind, table: table.name } as const;
    const later: Unit[] = [];
    const columns = this.columnsOf(table).map((column): readonly [SchemaObject, ForPart] => {
      const type = this.serialType(column);
      const needed = this.circular(column, key);
      const withDefault = needed.length === 0 && !hasOthersColumns(table);
      if (!withDefault && textOf(column, "default") !== undefined)
        later.push({
          ...usual,
          kind: "column",
          name: column.name,
          provides: [],
          needs: [key, ...this.needsOf(column)],
          create: setDefault(column),
          drop: needed.length === 0 ? undefined : dropDefault(column),
        });
      const needs = this.needsOf(column).filter((need) => !needed.includes(need));
      return [column, { form: { type, withDefault }, needs }];
    });
    const serial = columns.flatMap(([{ name }, { form }]) => {
      const sequence = form.type === undefined ? undefined : this.sequences.get(name);
      return sequence === undefined ? [] : [keyOfObject(sequence)];
    });
    const inline = this.inlineOf(table).filter((part) => this.circular(part, key).length === 0);
    const own = [...columns.map(([column]) => column), ...inline];
    return [
      {
        ...usual,
        name: table.name,
        provides: [key, ...own.map(keyOfObject), ...serial],
        needs: [
          ...table.needs,
          ...columns.flatMap(([, { needs }]) => needs),
          ...inline.flatMap((part) => this.needsOf(part)),
        ],
        create: [
          ...createTable({
            table,
            columns: columns.map(([column, { form }]) => [column, form]),
            constraints: inline,
          }),
          ...comment(tableIdentity(table), textOf(table, "comment")),
          ...inline.flatMap((part) => [
            ...constraintAddenda(part),
            ...commentsOf(part, kindSql.constraint?.identity(part) ?? ""),
          ]),
        ],
        drop: `DROP ${tableIdentity(table)}`,
      },
      ...later,
    ];
  }

  private unitsOf(object: SchemaObject): Unit[] {
    const key = keyOfObject(object);
    if (present.has(key)) return this.publicComment(object);
    if (object.kind === "table") return this.tableUnits(object);
    const sql = kindSql[object.kind];
    const create = sql?.create(object) ?? [];
    if (sql === undefined || create.length === 0 || create.some(hidesSecret)) {
      this.unwritten.push(object);
      return [];
    }
    const identity = sql.identity(object);
    const host = hostOf(object);
    const table = host?.startsWith("table ") ? host.slice("table ".length) : undefined;
    const unit: Unit = {
      kind: object.kind,
      name: object.name,
      table,
      provides: [key],
      needs: this.needsOf(object),
      create: [...create, ...commentsOf(object, identity)],
      drop: sql.drop === undefined ? this.drop(object, identity) : sql.drop(object),
    };
    return [unit, ...this.completions(object, unit)];
  }

  /** A sequence is dropped with the column that owns it. */
  private drop(object: SchemaObject, identity: string): string | undefined {
    return textOf(object, "ownedBy") === undefined ? `DROP ${identity}` : undefined;
  }

  /** Statements that follow when everything that they name exists. */
  private completions(object: SchemaObject, unit: Unit): Unit[] {
    const statements = kindSql[object.kind]?.complete?.(object) ?? [];
    const owner = object.kind === "sequence" ? textOf(object, "ownedBy") : undefined;
    const owned =
      owner === undefined ? [] : [`ALTER SEQUENCE ${sqlName(object.name)} OWNED BY ${sqlName(owner)}`];
    const create = [...statements, ...owned];
    if (create.length === 0) return [];
    const needs = owner === undefined ? [] : object.needs;
    const table = owner === undefined ? undefined : parentOf(owner);
    const kind = owner === undefined ? "operator class" : "column";
    return [
      { ...unit, kind, table, provides: [], needs: [...unit.provides, ...needs], create, drop: undefined },
    ];
  }

  private publicComment(object: SchemaObject): Unit[] {
    const text = object.kind === "schema" ? textOf(object, "comment") : undefined;
    const create = comment("SCHEMA public", text);
    const { kind, name } = object;
    return create.length === 0
      ? []
      : [{ kind, name, table: undefined, provides: [], needs: [], create, drop: undefined }];
  }

  /** All units; a table's first, as their forms decide which other objects are created with them. */
  units(): Unit[] {
    const objects = [...this.schema.objects.values()];
    const tables = objects.filter(({ kind }) => kind === "table").flatMap((table) => this.unitsOf(table));
    const provided = new Set(tables.flatMap(({ provides }) => provides));
    const others = objects.filter(
      (object) => !["table", "column"].includes(object.kind) && !provided.has(keyOfObject(object)),
    );
    return [...tables, ...others.flatMap((object) => this.unitsOf(object))];
  }
}

/** How a column appears in CREATE TABLE, and what it needs there. */
interface ForPart {
  readonly form: ColumnForm;
  readonly needs: readonly ObjectKey[];
}

/** Whether a statement has an option whose value the reader does not show. */
function hidesSecret(statement: string): boolean {
  return statement.includes("(hidden)");
}

const ranks = new Map(creationOrder.flatMap((kindsOfRank, i) => kindsOfRank.map((kind) => [kind, i])));

function byRank(a: Unit, b: Unit): number {
  const [left, right] = [ranks.get(a.kind) ?? 0, ranks.get(b.kind) ?? 0];
  return left - right || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

/** The table of an inherited column, which is not a separate object. */
function tableOfColumn(need: ObjectKey): ObjectKey {
  return need.startsWith("column ") ? keyOf("table", parentOf(nameIn(need))) : need;
}

/** Units so that each follows what it needs; in a circle that is left, by rank. */
function inOrder(units: readonly Unit[]): Unit[] {
  const providers = new Map(units.flatMap((unit) => unit.provides.map((key) => [key, unit] as const)));
  const ordered: Unit[] = [];
  const visited = new Set<Unit>();
  for (const start of [...units].sort(byRank)) {
    // No recursion: chains of views may be longer than the stack.
    const path: { readonly unit: Unit; next: number }[] = [];
    const enter = (unit: Unit) => {
      if (visited.has(unit)) return;
      visited.add(unit);
      path.push({ unit, next: 0 });
    };
    enter(start);
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const need = visit.unit.needs[visit.next++];
      if (need === undefined) {
        ordered.push(visit.unit);
        path.pop();
        continue;
      }
      const provider = providers.get(need) ?? providers.get(tableOfColumn(need));
      if (provider !== undefined) enter(provider);
    }
  }
  return ordered;
}

/** Plans the creation of all objects of a schema in an empty database. */
export function planCreation(schema: Schema): CreationPlan {
  const planner = new Planner(schema);
  const creations = inOrder(planner.units());
  return { creations, unwritten: planner.unwritten };
}
