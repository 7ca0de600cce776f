import { unlessBuiltIn } from "./names.ts";

/** The operator classes of a server, and which of them are defaults. */
interface OperatorClasses {
  readonly nameOf: (oid: number) => string;
  /** Whether it is the default for the column's type (the type of an expression is not known). */
  readonly isDefault: (oid: number, typeOid: number | undefined) => boolean;
}

/** Names for the OIDs in index rows. */
export interface IndexNames {
  readonly operatorClasses: OperatorClasses;
  readonly collations: ReadonlyMap<number, string>;
}

export interface NameRow {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
}

export interface OperatorClassRow extends NameRow {
  readonly methodOid: number;
  readonly typeOid: number;
  readonly isDefault: boolean;
}

export const operatorClassesSql = `SELECT o.oid, n.nspname AS "schema", o.opcname AS "name",
    o.opcmethod AS "methodOid", o.opcintype AS "typeOid", o.opcdefault AS "isDefault"
  FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace`;

/** The default collation of the database. It differs between servers and is not a property of the index. */
export const defaultCollation = 100;

/** The collations that indexes use; the catalog has hundreds more. */
export const collationsSql = `SELECT o.oid, n.nspname AS "schema", o.collname AS "name"
  FROM pg_catalog.pg_collation o JOIN pg_catalog.pg_namespace n ON n.oid = o.collnamespace
  WHERE o.oid = ${defaultCollation} OR o.oid IN (SELECT a.attcollation FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_index i ON i.indexrelid = a.attrelid WHERE a.attcollation NOT IN (0, ${defaultCollation}))`;

export function namesByOid(rows: readonly NameRow[]): ReadonlyMap<number, string> {
  return new Map(rows.map(({ oid, schema, name }) => [oid, unlessBuiltIn(schema, name)]));
}

/**
 * A type without a default class uses that of the type it can be coerced to: `varchar` uses that of `text` (manual,
 * section 36.16.2).
 */
export function operatorClassesOf(rows: readonly OperatorClassRow[]): OperatorClasses {
  const names = namesByOid(rows);
  const defaults = rows.filter(({ isDefault }) => isDefault);
  const byOid = new Map(defaults.map((row) => [row.oid, row]));
  const types = new Set(defaults.map(({ methodOid, typeOid }) => `${methodOid}.${typeOid}`));
  return {
    nameOf: (oid) => names.get(oid) ?? String(oid),
    isDefault: (oid, typeOid) => {
      const row = byOid.get(oid);
      if (row === undefined) return false;
      return typeOid === undefined || row.typeOid === typeOid || !types.has(`${row.methodOid}.${typeOid}`);
    },
  };
}
