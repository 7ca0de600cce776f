import { functionText } from "../fragments.ts";
import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

export const textSearchParsers: RareKind = {
  kind: "text search parser",
  ...rareCatalogs.textSearchParsers,
  schema: "prsnamespace",
  names: ["o.prsname"],
  attributes: () => ({
    start: functionText("o.prsstart"),
    token: functionText("o.prstoken"),
    end: functionText("o.prsend"),
    tokenTypes: functionText("o.prslextype"),
    headline: functionText("o.prsheadline"),
  }),
};
