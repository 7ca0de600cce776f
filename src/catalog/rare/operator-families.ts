import { rareCatalogs } from "./catalogs.ts";
import { membersText, methodSuffix } from "./operator-members.ts";
import type { RareKind } from "./rare-kind.ts";

/** Operator families with the members that belong to none of their classes. */
export const operatorFamilies: RareKind = {
  kind: "operator family",
  ...rareCatalogs.operatorFamilies,
  schema: "opfnamespace",
  names: ["o.opfname"],
  suffix: methodSuffix("o.opfmethod"),
  attributes: () =>
    membersText(
      "o.oid",
      (left, right) => `NOT EXISTS (SELECT FROM pg_catalog.pg_opclass c
      WHERE c.opcfamily = o.oid AND c.opcintype = ${left} AND c.opcintype = ${right})`,
    ),
};
