import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

/** Extended statistics, as parts of their table; those in another schema have it in their name. */
export const statisticsObjects: RareKind = {
  kind: "statistics object",
  ...rareCatalogs.statisticsObjects,
  host: { catalog: "pg_class", oid: "o.stxrelid" },
  names: [
    `(SELECT s.nspname FROM pg_catalog.pg_namespace s JOIN pg_catalog.pg_class c ON c.oid = o.stxrelid
      WHERE s.oid = o.stxnamespace AND s.oid <> c.relnamespace)`,
    "o.stxname",
  ],
  attributes: ({ version }) => ({
    columns:
      version >= 140000
        ? "pg_catalog.pg_get_statisticsobjdef_columns(o.oid)"
        : `(SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum)
            FROM pg_catalog.pg_attribute a WHERE a.attrelid = o.stxrelid AND a.attnum = ANY (o.stxkeys))`,
    // Those of expressions (e) come with them.
    kinds: `(SELECT pg_catalog.string_agg(CASE k WHEN 'd' THEN 'ndistinct' WHEN 'f' THEN 'dependencies' WHEN 'm' THEN 'mcv' ELSE k::text END, ', ' ORDER BY k)
      FROM pg_catalog.unnest(o.stxkind) k WHERE k <> 'e')`,
    target: "NULLIF(o.stxstattarget, -1)",
  }),
};
