import { wordText } from "../fragments.ts";
import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

/**
 * Before PostgreSQL 15, a collation of ICU has its locale in both columns of libc. The version of the provider belongs
 * to the machine.
 */
export const collations: RareKind = {
  kind: "collation",
  ...rareCatalogs.collations,
  schema: "collnamespace",
  names: ["o.collname"],
  attributes: ({ version }) => {
    const locale =
      version >= 170000 ? "o.colllocale" : version >= 150000 ? "o.colliculocale" : "o.collcollate::text";
    const ofLibc = (column: string) => `CASE WHEN o.collprovider = 'c' THEN ${column}::text END`;
    return {
      provider: wordText("o.collprovider", { b: "builtin", c: "libc", d: "default", i: "icu" }),
      locale: `CASE WHEN o.collprovider <> 'c' THEN ${locale} END`,
      collate: ofLibc("o.collcollate"),
      ctype: ofLibc("o.collctype"),
      deterministic: "o.collisdeterministic",
      rules: version >= 160000 ? "o.collicurules" : "NULL::text",
    };
  },
};
