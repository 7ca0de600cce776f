import { functionText, operatorText, typeText } from "../fragments.ts";
import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

const operand = (oid: string) => `COALESCE(${typeText(oid)}, 'NONE')`;

/** An operator without a function is one that another operator names and that is not defined yet. */
export const operators: RareKind = {
  kind: "operator",
  ...rareCatalogs.operators,
  schema: "oprnamespace",
  suffix: `o.oprname || '(' || ${operand("o.oprleft")} || ', ' || ${operand("o.oprright")} || ')'`,
  attributes: () => ({
    function: functionText("o.oprcode"),
    returns: typeText("o.oprresult"),
    commutator: operatorText("o.oprcom"),
    negator: operatorText("o.oprnegate"),
    restrict: functionText("o.oprrest"),
    join: functionText("o.oprjoin"),
    hashes: "o.oprcanhash",
    merges: "o.oprcanmerge",
  }),
};
