import { foreignOptionsText } from "../fragments.ts";
import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

/** Servers of foreign-data wrappers. */
export const servers: RareKind = {
  kind: "server",
  ...rareCatalogs.servers,
  names: ["o.srvname"],
  privileges: ["o.srvacl", "S", "o.srvowner"],
  attributes: () => ({
    wrapper:
      "(SELECT pg_catalog.quote_ident(w.fdwname) FROM pg_catalog.pg_foreign_data_wrapper w WHERE w.oid = o.srvfdw)",
    type: "o.srvtype",
    version: "o.srvversion",
    options: foreignOptionsText("o.srvoptions"),
  }),
};
