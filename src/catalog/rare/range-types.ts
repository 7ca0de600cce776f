import { collationName, functionText, nameText, typeText } from "../fragments.ts";
import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

/** A value of pg_range, whose key is the type. */
function own(expression: string): string {
  return `(SELECT ${expression} FROM pg_catalog.pg_range r WHERE r.rngtypid = o.oid)`;
}

/** The name that PostgreSQL generates for the multirange of a range (manual, "CREATE TYPE"). */
const usualMultirange = `CASE WHEN o.typname ~ 'range' THEN pg_catalog.regexp_replace(o.typname, 'range', 'multirange') ELSE o.typname || '_multirange' END`;
const multirangeName = `pg_catalog.quote_ident(m.typname)`;

/** Range types, with their multiranges if they have a chosen name. */
export const rangeTypes: RareKind = {
  kind: "type",
  ...rareCatalogs.rangeTypes,
  schema: "typnamespace",
  names: ["o.typname"],
  also: ({ version }) => [
    "o.typarray",
    ...(version >= 140000
      ? [
          own("r.rngmultitypid"),
          own("(SELECT m.typarray FROM pg_catalog.pg_type m WHERE m.oid = r.rngmultitypid)"),
        ]
      : []),
  ],
  privileges: ["o.typacl", "T", "o.typowner"],
  attributes: ({ version }) => ({
    type: "'range'",
    subtype: own(typeText("r.rngsubtype")),
    operatorClass: own(nameText("pg_opclass", "opc", "r.rngsubopc")),
    collation: own(
      `CASE WHEN r.rngcollation <> (SELECT s.typcollation FROM pg_catalog.pg_type s WHERE s.oid = r.rngsubtype) THEN ${collationName("r.rngcollation")} END`,
    ),
    canonical: own(functionText("r.rngcanonical")),
    subtypeDiff: own(functionText("r.rngsubdiff")),
    multirange:
      version >= 140000
        ? own(`(SELECT CASE WHEN m.typnamespace <> o.typnamespace THEN m.typnamespace::pg_catalog.regnamespace::text || '.' || ${multirangeName}
            WHEN m.typname <> ${usualMultirange} THEN ${multirangeName} END FROM pg_catalog.pg_type m WHERE m.oid = r.rngmultitypid)`)
        : "NULL::text",
  }),
};
