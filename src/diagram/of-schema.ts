import type { LogicalReference } from "../document/model.ts";
import { mergeDuplicates } from "../schema/duplicates.ts";
import { keyOf, type Schema, type SchemaObject } from "../schema/model.ts";
import { partsOfName } from "../schema/names.ts";
import type { Change, Column, Diagram, Reference, Role, Table } from "./model.ts";
import { shortType } from "./types.ts";

/** What a diagram of one database is made of. */
export interface DiagramInput {
  /** Key of the database. */
  readonly database: string;
  readonly title: string;
  readonly schema: Schema;
  /** Logical references of its tables, by the name of the table, as the document states them. */
  readonly logical: ReadonlyMap<string, readonly LogicalReference[]>;
  /** Key of a database from its name, undefined for one that is not in the list. */
  readonly keyOfDatabase: (name: string) => string | undefined;
  /** How an object differs from what is documented. */
  readonly changeOf?: (object: SchemaObject) => Change | undefined;
}

/** The name of a table as people say it: with its schema only where that is not `public`. */
export function displayName(object: string): string {
  const [schema = "", name = ""] = partsOfName(object);
  return schema === "public" ? name : `${schema}.${name}`;
}

/** Id of a table. @param object its name with its schema, as in the schema's model */
export function tableId(database: string, object: string): string {
  return `${database}:${object}`;
}

/** The items of an attribute such as `a, "b, c"`, in the quoting of the schema's model. */
function items(list: unknown): string[] {
  return typeof list === "string" ? [...list.matchAll(/"(?:[^"]|"")*"|[^, ]+/g)].map(([item]) => item) : [];
}

const tableOf = ({ name }: SchemaObject): string =>
  /^((?:"(?:[^"]|"")*"|[^".]+)\.(?:"(?:[^"]|"")*"|[^".]+))\./.exec(name)?.[1] ?? name;

const lastPart = ({ name }: SchemaObject): string => partsOfName(name).at(-1) ?? name;

const plain = (item: string): string => partsOfName(item)[0] ?? item;

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

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item) => b.includes(item));
}

/** The table itself, or the topmost one that it is a partition of: partitions are storage, and not drawn. */
function root(schema: Schema, name: string): string {
  const parent = schema.objects.get(keyOf("table", name))?.attributes["partitionOf"];
  return typeof parent === "string" ? root(schema, parent) : name;
}

const rank = ({ roles }: Column): number => (roles.includes("PK") ? 0 : roles.length > 0 ? 1 : 2);

/** By role, then by code points. */
function compareColumns(a: Column, b: Column): number {
  return rank(a) - rank(b) || (a.name < b.name ? -1 : 1);
}

/**
 * The diagram of one database. A foreign key that stands twice is drawn once; partitions are counted, not drawn; the
 * tables of other databases that logical references lead to are added as stubs.
 */
export function diagramOf(input: DiagramInput): Diagram {
  const { database, schema: stated, logical, changeOf = () => undefined } = input;
  const { schema } = mergeDuplicates(stated);
  const columnsOf = byTable(schema, "column");
  const constraintsOf = byTable(schema, "constraint");
  const all = [...schema.objects.values()].filter(({ kind }) => kind === "table");
  const drawn = all.filter(({ name }) => root(schema, name) === name);
  const stubs = new Map<string, Table>();
  const references: Reference[] = [];
  const tables = drawn.map((object): Table => {
    const { name } = object;
    const id = tableId(database, name);
    const columns = columnsOf.get(name) ?? [];
    const constraints = constraintsOf.get(name) ?? [];
    const keys = constraints.filter(
      ({ attributes: { type } }) => type === "primary key" || type === "unique",
    );
    const nullable = (column: string) =>
      columns.some((other) => lastPart(other) === column && other.attributes["notNull"] !== true);
    const refer = (
      part: string,
      names: readonly string[],
      rest: Pick<Reference, "to" | "logical" | "change">,
    ) =>
      references.push({
        id: `${id}.${part}`,
        from: id,
        columns: names,
        optional: names.some(nullable),
        unique: keys.some((key) => sameSet(items(key.attributes["columns"]).map(plain), names)),
        ...rest,
      });
    const foreign = constraints.filter(({ attributes }) => attributes["type"] === "foreign key");
    for (const key of foreign) {
      const to = root(schema, String(key.attributes["referencedTable"]));
      if (schema.objects.has(keyOf("table", to)))
        refer(key.name, items(key.attributes["columns"]).map(plain), {
          to: tableId(database, to),
          logical: false,
          change: changeOf(key),
        });
    }
    const soft = (logical.get(displayName(name)) ?? []).filter(({ column }) =>
      columns.some((other) => lastPart(other) === column),
    );
    for (const { column, toDatabase, toTable } of soft) {
      const target = input.keyOfDatabase(toDatabase) ?? toDatabase;
      const to = tableId(target, `public.${toTable}`);
      if (target !== database && !stubs.has(to))
        stubs.set(to, {
          id: to,
          database: target,
          name: toTable,
          columns: [],
          partitions: undefined,
          stubOf: toDatabase,
          change: undefined,
        });
      refer(`${column} in ${toDatabase}`, [column], { to, logical: true, change: undefined });
    }
    const roleOf = (column: string): Role[] => {
      const inKey = (type: string) =>
        constraints.some(
          ({ attributes }) =>
            attributes["type"] === type && items(attributes["columns"]).map(plain).includes(column),
        );
      return [
        ...(inKey("primary key") ? (["PK"] as const) : []),
        ...(inKey("foreign key") ? (["FK"] as const) : []),
        ...(soft.some((reference) => reference.column === column) ? (["LR"] as const) : []),
      ];
    };
    const partitions = all.filter(
      (other) => other.attributes["type"] === "table" && root(schema, other.name) === name,
    ).length;
    return {
      id,
      database,
      name: displayName(name),
      columns: columns
        .map(
          (column): Column => ({
            name: lastPart(column),
            type: shortType(String(column.attributes["type"])),
            nullable: column.attributes["notNull"] !== true,
            roles: roleOf(lastPart(column)),
            change: changeOf(column),
          }),
        )
        .sort(compareColumns),
      partitions: object.attributes["type"] === "partitioned table" ? partitions : undefined,
      stubOf: undefined,
      change: changeOf(object),
    };
  });
  return { database, title: input.title, tables: [...tables, ...stubs.values()], references };
}
