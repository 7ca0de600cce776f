import { collationName, functionText, typeText, wordText } from "../fragments.ts";
import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

const alignmentWords = { c: "char", s: "int2", i: "int4", d: "double" };
const storageWords = { p: "plain", e: "external", m: "main", x: "extended" };

/** Base types, and shell types, which only have a name yet; without array types, which belong to their elements. */
export const baseTypes: RareKind = {
  kind: "type",
  ...rareCatalogs.baseTypes,
  schema: "typnamespace",
  names: ["o.typname"],
  also: () => ["o.typarray"],
  privileges: ["o.typacl", "T", "o.typowner"],
  attributes: ({ version }) => ({
    type: "CASE o.typtype WHEN 'b' THEN 'base' ELSE 'shell' END",
    input: functionText("o.typinput"),
    output: functionText("o.typoutput"),
    receive: functionText("o.typreceive"),
    send: functionText("o.typsend"),
    modifierInput: functionText("o.typmodin"),
    modifierOutput: functionText("o.typmodout"),
    analyze: functionText("o.typanalyze"),
    subscript: version >= 140000 ? functionText("o.typsubscript") : "NULL::text",
    length: "o.typlen",
    byValue: "o.typbyval",
    alignment: wordText("o.typalign", alignmentWords),
    storage: wordText("o.typstorage", storageWords),
    category: "o.typcategory",
    preferred: "o.typispreferred",
    default: "o.typdefault",
    element: typeText("o.typelem"),
    delimiter: "o.typdelim",
    collation: collationName("o.typcollation"),
  }),
};
