import { functionText } from "../fragments.ts";
import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

export const conversions: RareKind = {
  kind: "conversion",
  ...rareCatalogs.conversions,
  schema: "connamespace",
  names: ["o.conname"],
  attributes: () => ({
    from: "pg_catalog.pg_encoding_to_char(o.conforencoding)",
    to: "pg_catalog.pg_encoding_to_char(o.contoencoding)",
    function: functionText("o.conproc"),
    default: "o.condefault",
  }),
};
