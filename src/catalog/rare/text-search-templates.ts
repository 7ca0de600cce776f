import { functionText } from "../fragments.ts";
import type { RareKind } from "./rare-kind.ts";

export const textSearchTemplates: RareKind = {
  kind: "text search template",
  catalog: "pg_ts_template",
  schema: "tmplnamespace",
  names: ["o.tmplname"],
  attributes: () => ({
    init: functionText("o.tmplinit"),
    lexize: functionText("o.tmpllexize"),
  }),
};
