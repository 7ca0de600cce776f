import { nameText } from "../fragments.ts";
import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

/** The dictionaries of each type of token, in the order in which they are asked. */
export const textSearchConfigurations: RareKind = {
  kind: "text search configuration",
  ...rareCatalogs.textSearchConfigurations,
  schema: "cfgnamespace",
  names: ["o.cfgname"],
  attributes: () => ({
    parser: nameText("pg_ts_parser", "prs", "o.cfgparser"),
    mappings: `(SELECT pg_catalog.string_agg(t.alias || ': ' || m.dictionaries, '; ' ORDER BY t.alias COLLATE pg_catalog."C")
      FROM (SELECT m.maptokentype, pg_catalog.string_agg(${nameText("pg_ts_dict", "dict", "m.mapdict")}, ', ' ORDER BY m.mapseqno) AS dictionaries
        FROM pg_catalog.pg_ts_config_map m WHERE m.mapcfg = o.oid GROUP BY m.maptokentype) m
      JOIN pg_catalog.ts_token_type(o.cfgparser) t ON t.tokid = m.maptokentype)`,
  }),
};
