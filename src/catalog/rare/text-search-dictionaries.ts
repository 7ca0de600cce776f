import { nameText } from "../fragments.ts";
import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

export const textSearchDictionaries: RareKind = {
  kind: "text search dictionary",
  ...rareCatalogs.textSearchDictionaries,
  schema: "dictnamespace",
  names: ["o.dictname"],
  attributes: () => ({
    template: nameText("pg_ts_template", "tmpl", "o.dicttemplate"),
    options: "o.dictinitoption",
  }),
};
