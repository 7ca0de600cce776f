import { nameText, typeText } from "../fragments.ts";
import { rareCatalogs } from "./catalogs.ts";
import { membersText, methodSuffix } from "./operator-members.ts";
import type { RareKind } from "./rare-kind.ts";

/** Operator classes with the members of their family for their type. */
export const operatorClasses: RareKind = {
  kind: "operator class",
  ...rareCatalogs.operatorClasses,
  schema: "opcnamespace",
  names: ["o.opcname"],
  suffix: methodSuffix("o.opcmethod"),
  container: {
    attribute: "family",
    catalog: "pg_opfamily",
    oid: "o.opcfamily",
    text: `${nameText("pg_opfamily", "opf", "o.opcfamily")} || ${methodSuffix("o.opcmethod")}`,
  },
  attributes: () => ({
    type: typeText("o.opcintype"),
    default: "o.opcdefault",
    storage: typeText("o.opckeytype"),
    ...membersText("o.opcfamily", (left, right) => `${left} = o.opcintype AND ${right} = o.opcintype`),
  }),
};
