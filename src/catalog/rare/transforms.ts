import { functionText } from "../fragments.ts";
import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

export const transforms: RareKind = {
  kind: "transform",
  ...rareCatalogs.transforms,
  suffix: `'FOR ' || pg_catalog.format_type(o.trftype, NULL) || ' LANGUAGE '
    || (SELECT pg_catalog.quote_ident(l.lanname) FROM pg_catalog.pg_language l WHERE l.oid = o.trflang)`,
  attributes: () => ({
    fromSql: functionText("o.trffromsql"),
    toSql: functionText("o.trftosql"),
  }),
};
