import { locateObject } from "../document/locate.ts";
import type { DocumentedSchema, PhaseRange } from "../document/model.ts";
import type { Location } from "../errors.ts";
import { hostOf } from "../schema/hosts.ts";
import { keyOf, type ObjectKey, type Schema, type SchemaObject, type Uncovered } from "../schema/model.ts";
import { dotted, partsOfName, plainName } from "../schema/names.ts";
import { locateInFile } from "../sources/locate-in-file.ts";
import type { ChainSchemas } from "../sources/of-migrations.ts";
import { findName } from "../sql/find-name.ts";
import type { Named } from "./find.ts";
import type { LiveDatabase, LiveState } from "./live.ts";
import { chainTouches, type Touch } from "./touches.ts";

/** One database in document, migrations and catalog. */
export interface TracedDatabase {
  readonly key: string;
  readonly name: string;
  readonly chain: ChainSchemas;
  /** The documented schema, phase by phase. */
  readonly documented: readonly Schema[];
  readonly live: LiveDatabase;
}

/** How a migration affected an object, and where. */
export interface LocatedTouch extends Touch {
  readonly location: Location;
}

/** An object that uses another one, or is used by it. */
export interface Link {
  /** Key of the database. */
  readonly database: string;
  /** For example `foreign key`, `index`, `view`, `logical reference`. */
  readonly kind: string;
  readonly object: string;
  /** Where the document states a logical reference. */
  readonly location?: Location;
}

export interface Trace {
  readonly named: Named;
  readonly document: { readonly location: Location; readonly phase: PhaseRange } | undefined;
  readonly migrations: readonly LocatedTouch[];
  readonly live: LiveState;
  /** What was left out of document and migrations, where they may define the object. */
  readonly notRead: { readonly document: readonly Uncovered[]; readonly migrations: readonly Uncovered[] };
  readonly usedBy: readonly Link[];
  readonly refersTo: readonly Link[];
}

function keyOfObject({ kind, name }: SchemaObject): ObjectKey {
  return keyOf(kind, name);
}

function touches(chain: ChainSchemas, key: ObjectKey): LocatedTouch[] {
  return (chainTouches(chain).get(key) ?? []).map(({ source, object, attribute, ...touch }) => ({
    ...touch,
    location: locateInFile(source, object, attribute),
  }));
}

function kindOf({ kind, attributes }: SchemaObject): string {
  return kind === "constraint" ? String(attributes["type"]) : kind;
}

/** Objects that depend on an object, except the columns of a table. */
function usersIn(database: string, schema: Schema, key: ObjectKey): Link[] {
  return [...schema.objects.values()]
    .filter((object) => object.needs.includes(key))
    .filter((object) => object.kind !== "column" || hostOf(object) !== key)
    .map((object) => ({ database, kind: kindOf(object), object: object.name }));
}

/** Foreign keys of an object: of the table, of the column, or itself. */
function foreignKeysOf(database: string, schema: Schema, object: SchemaObject): Link[] {
  const key = keyOfObject(object);
  return [...schema.objects.values()]
    .filter(({ attributes }) => attributes["type"] === "foreign key")
    .filter(
      (constraint) =>
        constraint === object ||
        hostOf(constraint) === key ||
        (object.kind === "column" && hostOf(constraint) === hostOf(object) && constraint.needs.includes(key)),
    )
    .map(({ attributes }) => ({
      database,
      kind: "foreign key",
      object: `${attributes["referencedTable"]} (${attributes["referencedColumns"]})`,
    }));
}

/** Logical references of the document to or from an object. */
function logicalLinks(
  document: DocumentedSchema,
  databases: readonly TracedDatabase[],
  { database, object }: Named,
): { usedBy: Link[]; refersTo: Link[] } {
  const name = databases.find(({ key }) => key === database)?.name;
  const keyFor = (wanted: string) => databases.find((entry) => entry.name === wanted)?.key ?? wanted;
  const [schema = "", own = "", column] = partsOfName(object.name);
  const table = dotted(schema, own);
  const is = (inDatabase: string, ofTable: string, ofColumn: string) =>
    (object.kind === "table" || object.kind === "column") &&
    inDatabase === name &&
    ofTable === table &&
    (column === undefined || ofColumn === column);
  const all = document.tables.flatMap((from) => from.references.map((reference) => ({ from, reference })));
  return {
    usedBy: all
      .filter(({ reference }) => is(reference.toDatabase, reference.toTable, reference.toColumn))
      .map(({ from, reference }) => ({
        database: keyFor(from.database),
        kind: "logical reference",
        object: `${reference.table}.${plainName(reference.column)}`,
        location: reference.location,
      })),
    refersTo: all
      .filter(({ from, reference }) => is(from.database, reference.table, reference.column))
      .map(({ reference }) => ({
        database: keyFor(reference.toDatabase),
        kind: "logical reference",
        object: `${reference.toTable}.${plainName(reference.toColumn)}`,
        location: reference.location,
      })),
  };
}

function inOrder(links: readonly Link[]): Link[] {
  const rank = ({ database, kind, object }: Link) => `${database} ${kind} ${object}`;
  return [...links].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** Where the document defines an object: in its table, with the object that brings it, or where its name occurs. */
function documentPlace(
  document: DocumentedSchema,
  { name, documented }: TracedDatabase,
  key: ObjectKey,
): Trace["document"] {
  const begin = documented.findIndex(({ objects }) => objects.has(key));
  const schema = documented[begin];
  const object = schema?.objects.get(key);
  if (schema === undefined || object === undefined) return undefined;
  const owners = [object, ...object.needs.flatMap((need) => schema.objects.get(need) ?? [])];
  const tables = document.tables.filter(({ database }) => database === name);
  for (const owner of owners) {
    const location = locateObject(document, name, owner);
    const table = dotted(...partsOfName(owner.name).slice(0, 2));
    const phase = tables.find((entry) => entry.name === table)?.phase;
    if (location !== undefined && phase !== undefined) return { location, phase };
  }
  const statements = tables.flatMap((table) => table.statements);
  const location = findName(statements, partsOfName(object.name).at(-1) ?? "", undefined);
  return location === undefined ? undefined : { location, phase: { from: begin, to: begin } };
}

/** What was left out of a schema that does not have an object: it may be defined there. */
function leftOutOf(schema: Schema | undefined, key: ObjectKey): Uncovered[] {
  if (schema === undefined || schema.objects.has(key)) return [];
  return schema.uncovered.filter(({ reason }) => reason !== undefined);
}

/** Everything that document, migrations and catalog say about one object. */
export function assembleTrace(
  named: Named,
  document: DocumentedSchema,
  databases: readonly TracedDatabase[],
  live: LiveState,
): Trace {
  const own = databases.find(({ key }) => key === named.database);
  if (own === undefined) throw new Error(`${named.database} is not traced`);
  const key = keyOfObject(named.object);
  // Reads the live schema; without a database, the expected one.
  const schema = "schema" in own.live ? own.live.schema : (own.chain.steps.at(-1)?.after ?? own.chain.empty);
  const logical = logicalLinks(document, databases, named);
  return {
    named,
    document: documentPlace(document, own, key),
    migrations: touches(own.chain, key),
    live,
    notRead: {
      document: leftOutOf(own.documented.at(-1), key),
      migrations: leftOutOf(own.chain.steps.at(-1)?.after, key),
    },
    usedBy: inOrder([...usersIn(own.key, schema, key), ...logical.usedBy]),
    refersTo: inOrder([
      ...foreignKeysOf(own.key, schema, schema.objects.get(key) ?? named.object),
      ...logical.refersTo,
    ]),
  };
}
