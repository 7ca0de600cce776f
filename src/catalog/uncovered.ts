import type { Uncovered } from "../schema/model.ts";
import { isNoMember } from "./fragments.ts";

interface UncoveredKind {
  /** Its name in reports. */
  readonly what: string;
  readonly catalog: string;
  /** Condition on the rows of the catalog. */
  readonly where?: string;
  /** What reports cannot show about it. */
  readonly meaning: string;
}

/** Kinds of objects that are not compared. Each one that exists is reported. */
export const uncoveredKinds: readonly UncoveredKind[] = [
  { what: "access method", catalog: "pg_am", meaning: "its handler" },
  {
    what: "aggregate",
    catalog: "pg_proc",
    where: "o.prokind = 'a'",
    meaning: "its functions, state and options",
  },
  {
    what: "base type",
    catalog: "pg_type",
    where: "o.typtype = 'b' AND o.typelem = 0",
    meaning: "its functions",
  },
  { what: "cast", catalog: "pg_cast", meaning: "its function and context" },
  { what: "collation", catalog: "pg_collation", meaning: "its provider and locale" },
  { what: "conversion", catalog: "pg_conversion", meaning: "its encodings and function" },
  { what: "default privileges", catalog: "pg_default_acl", meaning: "privileges on future objects" },
  { what: "event trigger", catalog: "pg_event_trigger", meaning: "its event, tags and function" },
  { what: "foreign-data wrapper", catalog: "pg_foreign_data_wrapper", meaning: "its handler and options" },
  {
    what: "foreign table",
    catalog: "pg_class",
    where: "o.relkind = 'f'",
    meaning: "its columns, constraints and triggers",
  },
  { what: "language", catalog: "pg_language", meaning: "its handler" },
  { what: "operator", catalog: "pg_operator", meaning: "its functions and relatives" },
  { what: "operator class", catalog: "pg_opclass", meaning: "its operators and functions" },
  { what: "operator family", catalog: "pg_opfamily", meaning: "its members" },
  { what: "publication", catalog: "pg_publication", meaning: "its tables and options" },
  {
    what: "range type",
    catalog: "pg_type",
    where: "o.typtype = 'r'",
    meaning: "its subtype and functions, and its multirange",
  },
  { what: "server", catalog: "pg_foreign_server", meaning: "its type, version and options" },
  { what: "statistics object", catalog: "pg_statistic_ext", meaning: "its kinds, columns and target" },
  {
    what: "text search configuration",
    catalog: "pg_ts_config",
    meaning: "its mappings",
  },
  { what: "text search dictionary", catalog: "pg_ts_dict", meaning: "its template and options" },
  { what: "text search parser", catalog: "pg_ts_parser", meaning: "its functions" },
  { what: "text search template", catalog: "pg_ts_template", meaning: "its functions" },
  { what: "transform", catalog: "pg_transform", meaning: "its functions" },
];

/** The first OID of objects that users create (access/transam.h). */
const firstUserOid = 16384;

function addresses({ what, catalog, where = "true" }: UncoveredKind): string {
  return `SELECT '${what}' AS what, 'pg_catalog.${catalog}'::pg_catalog.regclass::pg_catalog.oid AS class, o.oid AS object FROM pg_catalog.${catalog} o
    WHERE o.oid >= ${firstUserOid} AND ${where} AND ${isNoMember(catalog, "o.oid", "'e', 'i'")}`;
}

/** PUBLIC may not read the oid of a subscription, only its name. */
export const uncoveredSql = `SELECT x.what, i.identity AS "name"
  FROM (${uncoveredKinds.map(addresses).join("\n  UNION ALL ")}) x
  CROSS JOIN LATERAL pg_catalog.pg_identify_object(x.class, x.object, 0) i
  WHERE COALESCE(i.schema, '') !~ '^pg_' AND COALESCE(i.schema, '') <> 'socrates_db'
  UNION ALL
  SELECT 'subscription', pg_catalog.quote_ident(s.subname) FROM pg_catalog.pg_subscription s
  WHERE s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
  UNION ALL
  SELECT DISTINCT 'security label', i.identity FROM pg_catalog.pg_seclabel l
  CROSS JOIN LATERAL pg_catalog.pg_identify_object(l.classoid, l.objoid, l.objsubid) i`;

export function sortedUncovered(rows: readonly Uncovered[]): readonly Uncovered[] {
  const text = ({ what, name }: Uncovered) => `${what} ${name}`;
  return rows
    .map(({ what, name }) => ({ what, name }))
    .sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0));
}
