import { isNoMember } from "../fragments.ts";

/** Where PostgreSQL keeps the objects of a kind. */
export interface RareCatalog {
  /** For example `pg_collation`. */
  readonly catalog: string;
  /** The view to read, if the user may not read the catalog. */
  readonly from?: string;
  /** The column of the OID: `oid` by default; null if the catalog has none that PUBLIC may read. */
  readonly oid?: string | null;
  /** Condition on the rows, as `o`. */
  readonly where?: string;
}

/** The kinds of which most databases have no object, in the order of reports. */
export const rareCatalogs = {
  languages: { catalog: "pg_language" },
  accessMethods: { catalog: "pg_am" },
  collations: { catalog: "pg_collation" },
  baseTypes: {
    catalog: "pg_type",
    where: `(o.typtype = 'b' OR o.typtype = 'p' AND NOT o.typisdefined)
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_type t WHERE t.typarray = o.oid)`,
  },
  rangeTypes: { catalog: "pg_type", where: "o.typtype = 'r'" },
  foreignDataWrappers: { catalog: "pg_foreign_data_wrapper" },
  servers: { catalog: "pg_foreign_server" },
  userMappings: { catalog: "pg_user_mapping", from: "pg_user_mappings", oid: "umid" },
  statisticsObjects: { catalog: "pg_statistic_ext" },
  aggregates: { catalog: "pg_proc", where: "o.prokind = 'a'" },
  casts: { catalog: "pg_cast" },
  operators: { catalog: "pg_operator" },
  operatorFamilies: { catalog: "pg_opfamily" },
  operatorClasses: { catalog: "pg_opclass" },
  conversions: { catalog: "pg_conversion" },
  transforms: { catalog: "pg_transform" },
  textSearchParsers: { catalog: "pg_ts_parser" },
  textSearchTemplates: { catalog: "pg_ts_template" },
  textSearchDictionaries: { catalog: "pg_ts_dict" },
  textSearchConfigurations: { catalog: "pg_ts_config" },
  eventTriggers: { catalog: "pg_event_trigger" },
  publications: { catalog: "pg_publication" },
  publicationTables: { catalog: "pg_publication_rel" },
  subscriptions: {
    catalog: "pg_subscription",
    oid: null,
    where:
      "o.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())",
  },
  defaultPrivileges: { catalog: "pg_default_acl" },
  securityLabels: {
    catalog: "pg_seclabel",
    oid: null,
    where: "o.classoid <> 'pg_catalog.pg_largeobject'::pg_catalog.regclass",
  },
} as const satisfies Readonly<Record<string, RareCatalog>>;

export type RareName = keyof typeof rareCatalogs;

/** The first OID of objects that users create (access/transam.h). */
export const firstUserOid = 16384;

/** The OID of a row. */
export function oidOf({ oid = "oid" }: RareCatalog): string | null {
  return oid === null ? null : `o.${oid}`;
}

/** The catalog, and the condition on the rows that users created, without members of extensions. */
export function sourceOf(rare: RareCatalog): readonly [from: string, where: string] {
  const { catalog, from = catalog, where = "true" } = rare;
  const oid = oidOf(rare);
  const own =
    oid === null ? "" : ` AND ${oid} >= ${firstUserOid} AND ${isNoMember(catalog, oid, "'e', 'i'")}`;
  return [`pg_catalog.${from} o`, `${where}${own}`];
}

function presence([name, rare]: readonly [string, RareCatalog]): string {
  const [from, where] = sourceOf(rare);
  return `('${name}', EXISTS (SELECT FROM ${from} WHERE ${where}))`;
}

/** The names of the rare kinds of which a database has objects, separated by spaces; an empty text for none. */
export const presentSql = `(SELECT COALESCE(pg_catalog.string_agg(k.name, ' '), '') FROM (VALUES
    ${Object.entries(rareCatalogs).map(presence).join(",\n    ")}) k(name, present) WHERE k.present)`;
