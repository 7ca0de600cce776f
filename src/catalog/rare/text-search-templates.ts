import { functionText } from "../fragments.ts";
import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

export const textSearchTemplates: RareKind = {
  kind: "text search template",
  ...rareCatalogs.textSearchTemplates,
  schema: "tmplnamespace",
  names: ["o.tmplname"],
  attributes: () => ({
    init: functionText("o.tmplinit"),
    lexize: functionText("o.tmpllexize"),
  }),
};
