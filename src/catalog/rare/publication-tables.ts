import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

/** A table of a publication, which belongs to both. */
export const publicationTables: RareKind = {
  kind: "publication table",
  ...rareCatalogs.publicationTables,
  host: { catalog: "pg_publication", oid: "o.prpubid" },
  container: {
    attribute: "table",
    catalog: "pg_class",
    oid: "o.prrelid",
    text: "o.prrelid::pg_catalog.regclass::text",
  },
  attributes: ({ version }) => ({
    columns:
      version >= 150000
        ? `(SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attname COLLATE pg_catalog."C")
            FROM pg_catalog.pg_attribute a WHERE a.attrelid = o.prrelid AND a.attnum = ANY (o.prattrs))`
        : "NULL::text",
    filter: version >= 150000 ? "pg_catalog.pg_get_expr(o.prqual, o.prrelid)" : "NULL::text",
  }),
};
