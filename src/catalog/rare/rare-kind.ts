import type { Kind } from "../../schema/model.ts";
import { isUserSchema, privilegesText, type ReadOptions } from "../fragments.ts";
import { firstUserOid, oidOf, type RareCatalog, sourceOf } from "./catalogs.ts";

/** An object by the catalog that has it and its OID, as SQL expressions. */
interface AddressSql {
  /** Name of the catalog, or an SQL expression of its OID. */
  readonly catalog: string;
  readonly oid: string;
  /** Number of a column. */
  readonly part?: string;
}

/**
 * A kind of which most databases have no object. The SQL of its attributes is also its mapper: rows have them by name.
 * All expressions see the row of the catalog as `o`, and with `schema` its schema as `n`.
 */
export interface RareKind extends RareCatalog {
  readonly kind: Kind;
  /** The column with the OID of its schema, for kinds in schemas. */
  readonly schema?: string;
  /** The parts of its name after schema and host, unquoted; null for none. */
  readonly names?: readonly string[];
  /** The rest of the name, as reports print it: `(integer)`. */
  readonly suffix?: string;
  /** The object that contains it and with whose name its name begins; an OID of 0 for none. */
  readonly host?: AddressSql;
  /**
   * Another object that contains it. The attribute has the name of it, or this text if it is not read; without
   * `names` and `suffix` that is also its own name within the host.
   */
  readonly container?: AddressSql & { readonly attribute: string; readonly text: string };
  /** OIDs of types that count as this one: its array type. */
  readonly also?: (options: ReadOptions) => readonly string[];
  /** The access control list, the letter of `acldefault()` and the owner. */
  readonly privileges?: readonly [acl: string, letter: string, owner: string];
  /** The comment, if pg_description cannot be read by OID. */
  readonly comment?: string;
  /** By name, the main one first. */
  readonly attributes: (options: ReadOptions) => Readonly<Record<string, string>>;
}

function classOf(catalog: string): string {
  return catalog.startsWith("pg_") ? `'pg_catalog.${catalog}'::pg_catalog.regclass::pg_catalog.oid` : catalog;
}

/** Numbers as JSON, which writes an OID as a string. */
function arrayText(...numbers: readonly string[]): string {
  return `pg_catalog.json_build_array(${numbers.map((number) => `(${number})::int8`).join(", ")})`;
}

function addressText(address: AddressSql | undefined): string {
  return address === undefined
    ? "NULL::pg_catalog.json"
    : arrayText(classOf(address.catalog), address.oid, address.part ?? "0");
}

/** What an object and its internal parts, such as the members of an operator class, depend on. */
function usesText(catalog: string, oid: string): string {
  return `(SELECT pg_catalog.json_agg(${arrayText("d.refclassid", "d.refobjid", "d.refobjsubid")}) FROM pg_catalog.pg_depend d
      WHERE d.deptype IN ('n', 'a') AND d.refobjid >= ${firstUserOid} AND (d.classid = ${classOf(catalog)} AND d.objid = ${oid}
        OR (d.classid, d.objid) IN (SELECT i.classid, i.objid FROM pg_catalog.pg_depend i
          WHERE i.refclassid = ${classOf(catalog)} AND i.refobjid = ${oid} AND i.deptype = 'i')))`;
}

/** The query of a kind; those of all kinds have the same columns. */
export function rareSql(rare: RareKind, options: ReadOptions): string {
  const { kind, catalog, schema, names = [], suffix, host, container, also, privileges } = rare;
  const oid = oidOf(rare);
  const comment = oid === null ? "NULL::text" : `pg_catalog.obj_description(${oid}, '${catalog}')`;
  const attributes = {
    ...rare.attributes(options),
    comment: rare.comment ?? comment,
    ...(options.privileges &&
      privileges !== undefined && { privileges: privilegesText(options, ...privileges) }),
  };
  const pairs = Object.entries(attributes).map(([key, value]) => `'${key}', ${value}`);
  const [from, where] = sourceOf(rare);
  return `SELECT '${kind}' AS "kind", ${classOf(catalog)} AS "classId", ${oid ?? "0::pg_catalog.oid"} AS "oid",
    ${schema === undefined ? "NULL::pg_catalog.oid" : "n.oid"} AS "schemaOid", ${schema === undefined ? "NULL::text" : "n.nspname::text"} AS "schema",
    pg_catalog.json_build_array(${names.join(", ")}) AS "names", (${suffix ?? "''"})::text AS "suffix",
    ${addressText(host)} AS "host", ${addressText(container)} AS "container", '${container?.attribute ?? ""}' AS "containerAttribute", (${container?.text ?? "NULL"})::text AS "containerText",
    ${oid === null ? "NULL::pg_catalog.json" : usesText(catalog, oid)} AS "uses", ${arrayText(...(also?.(options) ?? []))} AS "also",
    pg_catalog.json_build_object(${pairs.join(", ")}) AS "attributes"
  FROM ${from}${schema === undefined ? "" : ` JOIN pg_catalog.pg_namespace n ON n.oid = o.${schema} AND ${isUserSchema("n")}`}
  WHERE ${where}`;
}

/** An object by its catalog and OID, with the number of a column or 0. */
export type Address = readonly [classId: number, oid: number, part: number];

/** A row of any rare kind. */
export interface RareRow {
  readonly kind: Kind;
  readonly classId: number;
  readonly oid: number;
  readonly schemaOid: number | null;
  readonly schema: string | null;
  readonly names: readonly (string | null)[];
  readonly suffix: string;
  readonly host: Address | null;
  readonly container: Address | null;
  readonly containerAttribute: string;
  readonly containerText: string | null;
  readonly uses: readonly Address[] | null;
  readonly also: readonly number[];
  readonly attributes: Readonly<Record<string, string | number | boolean | null>>;
}
