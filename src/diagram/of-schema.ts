import type { LogicalReference } from "../document/model.ts";
import { mergeDuplicates } from "../schema/duplicates.ts";
import { keyOf, type Schema, type SchemaObject } from "../schema/model.ts";
import { displayName } from "../schema/names.ts";
import { columnRank } from "./columns.ts";
import type { Change, Column, Diagram, Reference, Role, Table } from "./model.ts";
import { columnsIn, ownName, tableId, tableOf } from "./names.ts";
import { shortType } from "./types.ts";

/** The input for a diagram of one database. */
export interface DiagramInput {
  /** Key of the database. */
  readonly database: string;
  readonly title: string;
  readonly schema: Schema;
  /** Logical references in the document, by table name. */
  readonly logical: ReadonlyMap<string, readonly LogicalReference[]>;
  /** Key of a database by its name; undefined if it is not in the list. */
  readonly keyOfDatabase: (name: string) => string | undefined;
  /** How an object differs from the documented one. */
  readonly changeOf?: (object: SchemaObject) => Change | undefined;
}

/** A table with its parts. */
interface Parts {
  readonly object: SchemaObject;
  readonly id: string;
  readonly columns: readonly SchemaObject[];
  readonly constraints: readonly SchemaObject[];
  readonly logical: readonly LogicalReference[];
}

/** Objects of a kind, by their table. */
function byTable(schema: Schema, kind: "column" | "constraint"): Map<string, SchemaObject[]> {
  const groups = new Map<string, SchemaObject[]>();
  for (const object of schema.objects.values()) {
    if (object.kind !== kind) continue;
    const table = tableOf(object);
    groups.set(table, [...(groups.get(table) ?? []), object]);
  }
  return groups;
}

/** The table itself, or the topmost table of which it is a partition: partitions are storage, and not drawn. */
function root(schema: Schema, name: string): string {
  const parent = schema.objects.get(keyOf("table", name))?.attributes["partitionOf"];
  return typeof parent === "string" ? root(schema, parent) : name;
}

function constraintsOf({ constraints }: Parts, ...types: readonly string[]): readonly SchemaObject[] {
  return constraints.filter(({ attributes }) => types.includes(String(attributes["type"])));
}

const isNullable = ({ attributes }: SchemaObject): boolean => attributes["notNull"] !== true;

/** The properties that every reference takes from its columns. */
function referring(
  parts: Parts,
  columns: readonly string[],
): Pick<Reference, "from" | "columns" | "optional" | "unique"> {
  const keys = constraintsOf(parts, "primary key", "unique").map(({ attributes }) =>
    columnsIn(attributes["columns"]),
  );
  return {
    from: parts.id,
    columns,
    optional: parts.columns.some((column) => isNullable(column) && columns.includes(ownName(column))),
    unique: keys.some(
      (key) => key.length === columns.length && key.every((column) => columns.includes(column)),
    ),
  };
}

function foreignKeys(parts: Parts, { database, changeOf }: DiagramInput, schema: Schema): Reference[] {
  return constraintsOf(parts, "foreign key").flatMap((object) => {
    const to = root(schema, String(object.attributes["referencedTable"]));
    if (!schema.objects.has(keyOf("table", to))) return [];
    return {
      id: `${database}:${object.name}`,
      to: tableId(database, to),
      logical: false,
      change: changeOf?.(object),
      ...referring(parts, columnsIn(object.attributes["columns"])),
    };
  });
}

function logicalReferences(parts: Parts, { keyOfDatabase }: DiagramInput): Reference[] {
  return parts.logical.map(({ column, toDatabase, toTable }) => ({
    id: `${parts.id}.${column} in ${toDatabase}`,
    to: tableId(keyOfDatabase(toDatabase) ?? toDatabase, toTable),
    logical: true,
    change: undefined,
    ...referring(parts, [column]),
  }));
}

function columnsOf(parts: Parts, changeOf: DiagramInput["changeOf"]): Column[] {
  const primary = constraintsOf(parts, "primary key").flatMap(({ attributes }) =>
    columnsIn(attributes["columns"]),
  );
  const foreign = constraintsOf(parts, "foreign key").flatMap(({ attributes }) =>
    columnsIn(attributes["columns"]),
  );
  const roles: readonly (readonly [Role, readonly string[]])[] = [
    ["PK", primary],
    ["FK", foreign],
    ["LR", parts.logical.map(({ column }) => column)],
  ];
  const columns = parts.columns.map((object): Column => {
    const name = ownName(object);
    return {
      name,
      type: shortType(String(object.attributes["type"])),
      nullable: isNullable(object),
      roles: roles.filter(([, members]) => members.includes(name)).map(([role]) => role),
      change: changeOf?.(object),
    };
  });
  return columns.sort((a, b) => columnRank(a) - columnRank(b) || (a.name < b.name ? -1 : 1));
}

/** Stubs for tables of other databases that logical references point to. */
function stubsOf(parts: readonly Parts[], { database, keyOfDatabase }: DiagramInput): Table[] {
  const stubs = new Map<string, Table>();
  for (const { toDatabase, toTable } of parts.flatMap(({ logical }) => logical)) {
    const owner = keyOfDatabase(toDatabase) ?? toDatabase;
    const id = tableId(owner, toTable);
    const rest = { columns: [], partitions: undefined, change: undefined };
    if (owner !== database)
      stubs.set(id, { id, database: owner, name: displayName(toTable), stubOf: toDatabase, ...rest });
  }
  return [...stubs.values()];
}

/**
 * The diagram of one database. Duplicate foreign keys are drawn as one; partitions are counted, not drawn; tables of
 * other databases that logical references point to are stubs.
 */
export function diagramOf(input: DiagramInput): Diagram {
  const { database, title, changeOf } = input;
  const { schema } = mergeDuplicates(input.schema);
  const [columns, constraints] = [byTable(schema, "column"), byTable(schema, "constraint")];
  const objects = [...schema.objects.values()].filter(({ kind }) => kind === "table");
  const parts = objects
    .filter(({ name }) => root(schema, name) === name)
    .map((object): Parts => {
      const own = columns.get(object.name) ?? [];
      const names = own.map(ownName);
      return {
        object,
        id: tableId(database, object.name),
        columns: own,
        constraints: constraints.get(object.name) ?? [],
        // `verify document` reports references to missing tables.
        logical: (input.logical.get(object.name) ?? []).filter(
          ({ column, toDatabase, toTable }) =>
            names.includes(column) &&
            (input.keyOfDatabase(toDatabase) !== database || schema.objects.has(keyOf("table", toTable))),
        ),
      };
    });
  const tables = parts.map((part): Table => {
    const { name, attributes } = part.object;
    const leaves = objects.filter(
      (other) => other.attributes["type"] === "table" && root(schema, other.name) === name,
    );
    return {
      id: part.id,
      database,
      name: displayName(name),
      columns: columnsOf(part, changeOf),
      partitions: attributes["type"] === "partitioned table" ? leaves.length : undefined,
      stubOf: undefined,
      change: changeOf?.(part.object),
    };
  });
  return {
    database,
    title,
    tables: [...tables, ...stubsOf(parts, input)],
    references: parts.flatMap((part) => [
      ...foreignKeys(part, input, schema),
      ...logicalReferences(part, input),
    ]),
  };
}
