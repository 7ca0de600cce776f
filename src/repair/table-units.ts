import type { ObjectKey, SchemaObject } from "../schema/model.ts";
import { partsOfName } from "../schema/names.ts";
import { addColumn } from "./column-ways.ts";
import { type ColumnForm, columnDefinition, dropDefault, setDefault } from "./columns.ts";
import { comment, commentsOf } from "./comments.ts";
import { constraintAddenda, constraints } from "./constraints.ts";
import { type Dependencies, keyOfObject } from "./dependencies.ts";
import { longestName } from "./free-names.ts";
import { inheritedColumnChanges, inheritedDefaults } from "./inherited.ts";
import { textOf } from "./names.ts";
import { isUsualSequence } from "./sequences.ts";
import { createTable, hasOthersColumns, tableIdentity } from "./tables.ts";
import type { Unit } from "./unit.ts";

/** A column in its CREATE TABLE, and what it needs there. */
interface PlacedColumn {
  readonly column: SchemaObject;
  readonly form: ColumnForm;
  readonly needs: readonly ObjectKey[];
  /** The sequence that `serial` creates. */
  readonly sequence: SchemaObject | undefined;
}

const serialTypes: Readonly<Record<string, string>> = {
  smallint: "smallserial",
  integer: "serial",
  bigint: "bigserial",
};

/** Whether `serial` would create the same sequence and default as a column has. */
function isSerial(column: SchemaObject, sequence: SchemaObject): boolean {
  const [schema, table, own] = partsOfName(column.name);
  const name = `${table}_${own}_seq`;
  const [sequenceSchema, sequenceName] = partsOfName(sequence.name);
  return (
    sequenceSchema === schema &&
    sequenceName === name &&
    Buffer.byteLength(name) <= longestName &&
    textOf(sequence, "type") === textOf(column, "type") &&
    isUsualSequence(sequence) &&
    textOf(sequence, "comment") === undefined &&
    column.attributes["notNull"] === true &&
    textOf(column, "collation") === undefined &&
    /^nextval\('.*'::regclass\)$/.test(textOf(column, "default") ?? "") &&
    // The default names no other sequence.
    column.needs.every((need) => need.startsWith("table "))
  );
}

function placed(column: SchemaObject, table: SchemaObject, dependencies: Dependencies): PlacedColumn {
  const circular = dependencies.circular(column, table);
  const owned = dependencies.sequenceOf(column);
  const sequence = owned !== undefined && isSerial(column, owned) ? owned : undefined;
  const type = sequence === undefined ? undefined : serialTypes[textOf(column, "type") ?? ""];
  return {
    column,
    form: { type, withDefault: circular.length === 0 && !hasOthersColumns(table) },
    needs: dependencies.needsOf(column).filter((need) => !circular.includes(need)),
    sequence: type === undefined ? undefined : sequence,
  };
}

/** The default of a column that its CREATE TABLE does not contain. */
function defaultUnit(column: SchemaObject, table: SchemaObject, needs: readonly ObjectKey[]): Unit {
  return {
    kind: "column",
    name: column.name,
    table: table.name,
    provides: [],
    needs: [keyOfObject(table), ...needs],
    create: setDefault(column),
    drop: hasOthersColumns(table) ? undefined : dropDefault(column),
  };
}

function lateColumnUnit(column: SchemaObject, table: SchemaObject, dependencies: Dependencies): Unit {
  return {
    kind: "column",
    name: column.name,
    table: table.name,
    provides: [keyOfObject(column)],
    needs: [keyOfObject(table), ...dependencies.needsOf(column)],
    create: addColumn(column, columnDefinition(column, { withDefault: true })),
    drop: undefined,
  };
}

function inheritedDefaultsUnit(table: SchemaObject): Unit {
  return {
    kind: "column",
    name: table.name,
    table: table.name,
    provides: [],
    needs: [keyOfObject(table), ...table.needs],
    create: inheritedDefaults(table, "ONLY "),
    drop: undefined,
  };
}

/** A table with its columns, keys and checks; what would be a circle in CREATE TABLE follows later. */
export function tableUnits(table: SchemaObject, dependencies: Dependencies): Unit[] {
  const [early, late] = [false, true].map((isLate) =>
    dependencies.columnsOf(table).filter((column) => dependencies.isLate(keyOfObject(column)) === isLate),
  );
  const columns = (early ?? []).map((column) => placed(column, table, dependencies));
  const inline = dependencies
    .inlineOf(table)
    .filter((part) => dependencies.circular(part, table).length === 0)
    .filter((part) => !part.needs.some((need) => dependencies.isLate(need)));
  // Of its needs, only what the defaults of inherited columns call can need the table itself.
  const circular = dependencies.circular(table, table);
  const provided = columns.flatMap(({ column, sequence }) =>
    sequence === undefined ? [column] : [column, sequence],
  );
  return [
    {
      kind: table.kind,
      name: table.name,
      table: table.name,
      provides: [table, ...provided, ...inline].map(keyOfObject),
      needs: [
        ...table.needs.filter((need) => !circular.includes(need)),
        ...columns.flatMap(({ needs }) => needs),
        ...inline.flatMap((part) => dependencies.needsOf(part)),
      ],
      create: [
        ...createTable({
          table,
          columns: columns.map(({ column, form }) => [column, form]),
          constraints: inline,
        }),
        ...inheritedColumnChanges(table),
        ...(circular.length === 0 ? inheritedDefaults(table) : []),
        ...comment(tableIdentity(table), textOf(table, "comment")),
        ...inline.flatMap((part) => [
          ...constraintAddenda(part),
          ...commentsOf(part, constraints.identity(part)),
        ]),
      ],
      drop: `DROP ${tableIdentity(table)}`,
    },
    ...(circular.length === 0 ? [] : [inheritedDefaultsUnit(table)]),
    ...(late ?? []).map((column) => lateColumnUnit(column, table, dependencies)),
    ...columns
      .filter(({ column, form }) => !form.withDefault && textOf(column, "default") !== undefined)
      .map(({ column }) => defaultUnit(column, table, dependencies.needsOf(column))),
  ];
}
