import { hostOf } from "../schema/hosts.ts";
import { keyOf, nameIn, type ObjectKey, type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import { parentOf } from "../schema/names.ts";
import { comment, commentsOf } from "./comments.ts";
import { type Dependencies, dependenciesOf, keyOfObject } from "./dependencies.ts";
import { partitionIndexes, triggerStateUnits } from "./inherited.ts";
import { kindSql } from "./kinds.ts";
import { sqlName, textOf } from "./names.ts";
import { type NamingOperators, namingOperators } from "./operators.ts";
import { inOrder } from "./order.ts";
import { tableUnits } from "./table-units.ts";
import type { Creation, Unit } from "./unit.ts";
import { type Unwritten, unwrittenIn } from "./unwritten.ts";

/** The creation of a schema, in an order that works. */
export interface CreationPlan {
  readonly creations: readonly Creation[];
  /** Objects that this program cannot write as SQL, and those that need them. */
  readonly unwritten: ReadonlyMap<ObjectKey, Unwritten>;
}

/** What every database has. */
const present: ReadonlySet<ObjectKey> = new Set([keyOf("schema", "public"), keyOf("extension", "plpgsql")]);

/** The statements that create an object; none if it cannot be written, or has an option that the reader hides. */
function statementsOf(object: SchemaObject): readonly string[] {
  const statements = kindSql[object.kind]?.create(object) ?? [];
  return statements.some((statement) => statement.includes("(hidden)")) ? [] : statements;
}

/** Whether an object can be written, if what it needs exists; tables and columns always can. */
function isWritable(object: SchemaObject, naming: NamingOperators): boolean {
  const key = keyOfObject(object);
  return (
    object.kind === "table" ||
    object.kind === "column" ||
    present.has(key) ||
    naming.has(key) ||
    statementsOf(object).length > 0
  );
}

/** The comment of an object that every database has. */
function presentUnits(object: SchemaObject): Unit[] {
  const { kind, name } = object;
  const create = kind === "schema" ? comment("SCHEMA public", textOf(object, "comment")) : [];
  return create.length === 0
    ? []
    : [{ kind, name, table: undefined, provides: [], needs: [], create, drop: undefined }];
}

function objectUnit(object: SchemaObject, dependencies: Dependencies, naming: NamingOperators): Unit {
  const { kind, name } = object;
  const sql = kindSql[kind];
  const identity = sql?.identity(object) ?? "";
  const host = hostOf(object);
  // A sequence is dropped with the column that owns it.
  const drop = textOf(object, "ownedBy") === undefined ? `DROP ${identity}` : undefined;
  return {
    kind,
    name,
    table: host?.startsWith("table ") ? nameIn(host) : undefined,
    provides: [keyOfObject(object)],
    needs: [...dependencies.needsOf(object), ...(naming.get(keyOfObject(object)) ?? [])],
    create: [...statementsOf(object), ...commentsOf(object, identity)],
    drop: sql?.drop === undefined ? drop : sql.drop(object),
  };
}

/** The members of an operator family that belong to no class: they follow all operators. */
function memberUnits(object: SchemaObject): Unit[] {
  const create = kindSql[object.kind]?.complete?.(object) ?? [];
  const usual = { kind: "operator class", name: object.name, table: undefined, drop: undefined } as const;
  return create.length === 0 ? [] : [{ ...usual, provides: [], needs: [keyOfObject(object)], create }];
}

/** The owner of a sequence, which exists before its column does. */
function ownerUnits(object: SchemaObject): Unit[] {
  const owner = object.kind === "sequence" ? textOf(object, "ownedBy") : undefined;
  if (owner === undefined) return [];
  return [
    {
      kind: "column",
      name: object.name,
      table: parentOf(owner),
      provides: [],
      needs: [keyOfObject(object), ...object.needs],
      create: [`ALTER SEQUENCE ${sqlName(object.name)} OWNED BY ${sqlName(owner)}`],
      drop: undefined,
    },
  ];
}

/** An index of a partitioned table follows those of partitions that it takes as its own, and so their tables. */
function withNeeds(unit: Unit, indexesBelow: ReadonlyMap<string, readonly ObjectKey[]>): Unit {
  const below = unit.kind === "index" ? (indexesBelow.get(unit.table ?? "") ?? []) : [];
  return below.length === 0 ? unit : { ...unit, table: undefined, needs: [...unit.needs, ...below] };
}

/** The units that create the objects of a schema, in any order, and what cannot be written. */
export interface CreationUnits {
  readonly units: readonly Unit[];
  readonly unwritten: ReadonlyMap<ObjectKey, Unwritten>;
}

/** The units that create the objects of a schema: columns with their tables, others by themselves. */
export function creationUnits(whole: Schema): CreationUnits {
  const naming = namingOperators(whole);
  const unwritten = unwrittenIn(whole, (object) => isWritable(object, naming));
  const objects = [...whole.objects].flatMap(([key, object]) => (unwritten.has(key) ? [] : [object]));
  const schema = unwritten.size === 0 ? whole : schemaOf(objects, whole.uncovered, whole.serverVersion);
  const dependencies = dependenciesOf(schema);
  const tables = objects
    .filter(({ kind }) => kind === "table")
    .flatMap((table) => [...tableUnits(table, dependencies), ...triggerStateUnits(table, schema)]);
  const indexesBelow = partitionIndexes(schema);
  const provided = new Set(tables.flatMap(({ provides }) => provides));
  const others = objects.filter((object) => object.kind !== "column" && !provided.has(keyOfObject(object)));
  const units = others.flatMap((object) =>
    present.has(keyOfObject(object))
      ? presentUnits(object)
      : [
          withNeeds(objectUnit(object, dependencies, naming), indexesBelow),
          ...memberUnits(object),
          ...ownerUnits(object),
        ],
  );
  return { units: [...tables, ...units], unwritten };
}

/** Plans the creation of all objects of a schema in an empty database. */
export function planCreation(whole: Schema): CreationPlan {
  const { units, unwritten } = creationUnits(whole);
  return { creations: inOrder(units), unwritten };
}
