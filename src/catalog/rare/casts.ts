import { functionText, wordText } from "../fragments.ts";
import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

export const casts: RareKind = {
  kind: "cast",
  ...rareCatalogs.casts,
  suffix:
    "'(' || pg_catalog.format_type(o.castsource, NULL) || ' AS ' || pg_catalog.format_type(o.casttarget, NULL) || ')'",
  attributes: () => ({
    method: wordText("o.castmethod", { f: "function", i: "inout", b: "binary" }),
    function: functionText("o.castfunc"),
    context: wordText("o.castcontext", { e: "explicit", a: "assignment", i: "implicit" }),
  }),
};
