import { functionText, wordText } from "../fragments.ts";
import type { RareKind } from "./rare-kind.ts";

export const accessMethods: RareKind = {
  kind: "access method",
  catalog: "pg_am",
  names: ["o.amname"],
  attributes: () => ({
    type: wordText("o.amtype", { t: "table", i: "index" }),
    handler: functionText("o.amhandler"),
  }),
};
