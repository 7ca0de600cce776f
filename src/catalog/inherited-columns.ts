import type { Attribute, ObjectKey } from "../schema/model.ts";
import { plainName } from "../schema/names.ts";
import { type ColumnRow, columnPlace, type DefaultRow, storageWords } from "./columns.ts";
import type { ConstraintRow } from "./constraints.ts";
import type { ReadOptions } from "./fragments.ts";
import { inWords, listOf, numbersOf, quotedText } from "./names.ts";
import { catalogs, type Registry } from "./registry.ts";
import type { TableRow } from "./tables.ts";

/** What a child table changes of the columns that it inherits, as attributes of the table. */
export interface InheritedColumns {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly needs: readonly (ObjectKey | undefined)[];
}

interface Rows {
  readonly tables: readonly TableRow[];
  readonly columns: readonly ColumnRow[];
  readonly constraints: readonly ConstraintRow[];
}

/** A column with its parents' columns of the same name. */
type Inherited = readonly [own: ColumnRow, parents: readonly ColumnRow[]];

/** The columns of child tables and their parents, by table and name. */
function columnsByTable({ tables, columns }: Rows): ReadonlyMap<number, Map<string, ColumnRow>> {
  const involved = tables.flatMap(({ oid, parents }) =>
    parents === null ? [] : [oid, ...numbersOf(parents)],
  );
  const byTable = new Map(involved.map((oid) => [oid, new Map<string, ColumnRow>()]));
  if (byTable.size > 0) for (const column of columns) byTable.get(column.relation)?.set(column.name, column);
  return byTable;
}

/** NOT NULL that follows from the table's own primary key. */
function keyPlaces({ constraints }: Rows): ReadonlySet<string> {
  return new Set(
    constraints
      .filter(({ letter }) => letter === "p")
      .flatMap(({ relation, columns }) => numbersOf(columns).map((number) => columnPlace(relation, number))),
  );
}

/** `column: value` for each column whose value no parent has. */
function changed(
  inherited: readonly Inherited[],
  valueIn: (column: ColumnRow) => string | number | null,
): string | null {
  return listOf(
    inherited.flatMap(([own, parents]) => {
      const value = valueIn(own);
      if (parents.some((parent) => valueIn(parent) === value)) return [];
      return [`${plainName(own.name)}: ${value ?? "none"}`];
    }),
  );
}

/**
 * What child tables change of their inherited columns, by table. Rows that are inserted into a partitioned table get its
 * defaults, so those of a partition are only read for an exact copy.
 */
export function inheritedColumns(
  rows: Rows,
  defaults: ReadonlyMap<string, DefaultRow>,
  registry: Registry,
  { exact }: ReadOptions,
): ReadonlyMap<number, InheritedColumns> {
  const byTable = columnsByTable(rows);
  if (byTable.size === 0) return new Map();
  const keys = keyPlaces(rows);
  const defaultOf = (column: ColumnRow) =>
    (column.rare?.generated ?? "") === ""
      ? (defaults.get(columnPlace(column.relation, column.number)) ?? null)
      : null;
  const found = new Map<number, InheritedColumns>();
  for (const { oid, parents, isPartition } of rows.tables) {
    const above = numbersOf(parents).map((parent) => byTable.get(parent));
    const inherited = [...(byTable.get(oid)?.values() ?? [])].flatMap((own): Inherited[] => {
      const columns = above.flatMap((columnsOfParent) => columnsOfParent?.get(own.name) ?? []);
      return own.isLocal || columns.length === 0 ? [] : [[own, columns]];
    });
    if (inherited.length === 0) continue;
    // A default next to the identity of the parent's column is reported, but not compared.
    const withDefaults =
      isPartition && !exact
        ? []
        : inherited.filter(([, columns]) => columns.every(({ rare }) => (rare?.identity ?? "") === ""));
    const notNull = inherited.filter(
      ([own, parentColumns]) =>
        own.notNull &&
        !keys.has(columnPlace(oid, own.number)) &&
        !parentColumns.some((parent) => parent.notNull),
    );
    const attributes = {
      columnDefaults: changed(withDefaults, (column) => defaultOf(column)?.text ?? null),
      columnNotNulls: listOf(notNull.map(([own]) => plainName(own.name)).sort()),
      ...(exact && {
        columnComments: changed(inherited, ({ relation, number }) =>
          quotedText(registry.comment(catalogs.class, relation, number)),
        ),
        columnStatistics: changed(inherited, ({ rare }) => rare?.statistics ?? null),
        columnStorage: changed(inherited, ({ rare }) =>
          rare?.storage == null ? null : inWords(storageWords, rare.storage),
        ),
      }),
    };
    if (Object.values(attributes).every((value) => value === null)) continue;
    const needs = withDefaults.flatMap(([own]) => {
      const row = defaultOf(own);
      return row === null ? [] : registry.uses(catalogs.attrdef, row.oid);
    });
    found.set(oid, { attributes, needs });
  }
  return found;
}
