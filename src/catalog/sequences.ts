import { keyOf, type ObjectKey, type SchemaObject } from "../schema/model.ts";
import { dotted } from "../schema/names.ts";
import { isNoMember, isUserSchema, privilegesText, type ReadOptions } from "./fragments.ts";
import { inWords } from "./names.ts";
import { catalogs, needsOf, type Registry } from "./registry.ts";

export interface SequenceRow {
  readonly oid: number;
  readonly schemaOid: number;
  readonly schema: string;
  readonly name: string;
  readonly persistence: string;
  readonly type: string;
  /** 64-bit numbers, hence text. */
  readonly start: string;
  readonly increment: string;
  readonly min: string;
  readonly max: string;
  readonly cache: string;
  readonly cycle: boolean;
  readonly ownerOid: number | null;
  readonly ownerColumn: number;
  /** Whether it is the sequence of an identity column. */
  readonly isIdentity: boolean;
  readonly privileges: string | null;
}

/** A dependency ties a sequence to its column: `a` for OWNED BY, `i` for identity columns (manual, section 52.18). */
export const sequencesSql = (
  options: ReadOptions,
) => `SELECT c.oid, n.oid AS "schemaOid", n.nspname AS "schema", c.relname AS "name",
    c.relpersistence::text AS "persistence", pg_catalog.format_type(s.seqtypid, NULL) AS "type", s.seqstart AS "start", s.seqincrement AS "increment",
    s.seqmin AS "min", s.seqmax AS "max", s.seqcache AS "cache", s.seqcycle AS "cycle",
    d.refobjid AS "ownerOid", d.refobjsubid AS "ownerColumn", COALESCE(d.deptype = 'i', false) AS "isIdentity",
    ${privilegesText(options, "c.relacl", "s", "c.relowner")} AS "privileges"
  FROM pg_catalog.pg_sequence s
  JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_depend d ON d.classid = ${catalogs.class} AND d.objid = c.oid AND d.objsubid = 0
    AND d.refclassid = ${catalogs.class} AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
  WHERE ${isUserSchema("n")} AND ${isNoMember("pg_class", "c.oid")}`;

export const persistenceWords = { p: "permanent", u: "unlogged", t: "temporary" };

export function registerSequences(rows: readonly SequenceRow[], registry: Registry): void {
  for (const row of rows)
    if (!row.isIdentity)
      registry.add(catalogs.class, row.oid, keyOf("sequence", dotted(row.schema, row.name)));
}

/** Options of the sequences of identity columns, by relation and column number. */
export function identityOptions(rows: readonly SequenceRow[]): ReadonlyMap<string, string> {
  return new Map(
    rows.flatMap((row) =>
      row.isIdentity
        ? [
            [
              `${row.ownerOid}.${row.ownerColumn}`,
              `${row.type} START ${row.start} INCREMENT ${row.increment} MINVALUE ${row.min} MAXVALUE ${row.max} CACHE ${row.cache}${row.cycle ? " CYCLE" : ""}`,
            ] as const,
          ]
        : [],
    ),
  );
}

/** The names of the sequences of identity columns, by relation and column number. */
export function identitySequences(rows: readonly SequenceRow[]): ReadonlyMap<string, string> {
  return new Map(
    rows
      .filter(({ isIdentity }) => isIdentity)
      .map((row) => [`${row.ownerOid}.${row.ownerColumn}`, dotted(row.schema, row.name)]),
  );
}

/** The privileges on the sequences of identity columns, by relation and column number. */
export function identityPrivileges(rows: readonly SequenceRow[]): ReadonlyMap<string, string | null> {
  return new Map(
    rows
      .filter(({ isIdentity }) => isIdentity)
      .map((row) => [`${row.ownerOid}.${row.ownerColumn}`, row.privileges]),
  );
}

/** The columns (`relation.number`) that own sequences, by the sequences' keys. */
export function sequenceOwners(rows: readonly SequenceRow[]): ReadonlyMap<ObjectKey, string> {
  return new Map(
    rows.map((row) => [
      keyOf("sequence", dotted(row.schema, row.name)),
      `${row.ownerOid}.${row.ownerColumn}`,
    ]),
  );
}

export function sequenceObjects(
  rows: readonly SequenceRow[],
  registry: Registry,
  { privileges: withPrivileges }: ReadOptions,
): SchemaObject[] {
  return rows.flatMap((row): SchemaObject[] => {
    if (row.isIdentity) return [];
    const name = dotted(row.schema, row.name);
    const owner = row.ownerOid === null ? undefined : registry.relation(row.ownerOid);
    const [column] = row.ownerOid === null ? [] : registry.columnNames(row.ownerOid, [row.ownerColumn]);
    return [
      {
        kind: "sequence",
        name,
        attributes: {
          type: row.type,
          start: row.start,
          increment: row.increment,
          min: row.min,
          max: row.max,
          cache: row.cache,
          cycle: row.cycle,
          ownedBy: owner === undefined ? null : `${owner.name}.${column}`,
          persistence: inWords(persistenceWords, row.persistence),
          comment: registry.comment(catalogs.class, row.oid),
          ...(withPrivileges && { privileges: row.privileges }),
        },
        needs: needsOf(keyOf("sequence", name), [
          registry.key(catalogs.namespace, row.schemaOid),
          row.ownerOid === null ? undefined : registry.key(catalogs.class, row.ownerOid, row.ownerColumn),
        ]),
      },
    ];
  });
}
