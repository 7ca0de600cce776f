import { functionText, wordText } from "../fragments.ts";
import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

export const accessMethods: RareKind = {
  kind: "access method",
  ...rareCatalogs.accessMethods,
  names: ["o.amname"],
  attributes: () => ({
    type: wordText("o.amtype", { t: "table", i: "index" }),
    handler: functionText("o.amhandler"),
  }),
};
