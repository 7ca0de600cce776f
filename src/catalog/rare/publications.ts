import { wordText } from "../fragments.ts";
import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

export const publications: RareKind = {
  kind: "publication",
  ...rareCatalogs.publications,
  names: ["o.pubname"],
  attributes: ({ version }) => ({
    allTables: "o.puballtables",
    schemas:
      version >= 150000
        ? `(SELECT pg_catalog.string_agg(pg_catalog.quote_ident(s.nspname), ', ' ORDER BY s.nspname COLLATE pg_catalog."C")
            FROM pg_catalog.pg_publication_namespace m JOIN pg_catalog.pg_namespace s ON s.oid = m.pnnspid WHERE m.pnpubid = o.oid)`
        : "NULL::text",
    publish: `NULLIF(pg_catalog.concat_ws(', ', CASE WHEN o.pubinsert THEN 'insert' END, CASE WHEN o.pubupdate THEN 'update' END,
      CASE WHEN o.pubdelete THEN 'delete' END, CASE WHEN o.pubtruncate THEN 'truncate' END), '')`,
    viaPartitionRoot: "o.pubviaroot",
    generatedColumns:
      version >= 180000
        ? `NULLIF(${wordText("o.pubgencols", { n: "none", s: "stored" })}, 'none')`
        : "NULL::text",
  }),
};
