import { functionText, operatorText, typeText, wordText } from "../fragments.ts";
import { parallelWords } from "../functions.ts";
import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

const modifyWords = { r: "read only", s: "shareable", w: "read write" };

/** A value of pg_aggregate, whose key is the function. */
function own(expression: string): string {
  return `(SELECT ${expression} FROM pg_catalog.pg_aggregate a WHERE a.aggfnoid = o.oid)`;
}

/** Functions of kind `a` have most of their definition in pg_aggregate. */
export const aggregates: RareKind = {
  kind: "aggregate",
  ...rareCatalogs.aggregates,
  schema: "pronamespace",
  names: ["o.proname"],
  suffix: `'(' || COALESCE((SELECT pg_catalog.string_agg(pg_catalog.format_type(u.oid, NULL), ', ' ORDER BY u.n)
    FROM pg_catalog.unnest(o.proargtypes) WITH ORDINALITY u(oid, n)), '') || ')'`,
  privileges: ["o.proacl", "f", "o.proowner"],
  attributes: () => ({
    type: own(wordText("a.aggkind", { n: "normal", o: "ordered-set", h: "hypothetical-set" })),
    parameters: "pg_catalog.pg_get_function_arguments(o.oid)",
    returns: "pg_catalog.pg_get_function_result(o.oid)",
    transition: own(functionText("a.aggtransfn")),
    stateType: own(typeText("a.aggtranstype")),
    stateSpace: own("a.aggtransspace"),
    initialState: own("a.agginitval"),
    final: own(functionText("a.aggfinalfn")),
    finalExtra: own("a.aggfinalextra"),
    finalModify: own(wordText("a.aggfinalmodify", modifyWords)),
    combine: own(functionText("a.aggcombinefn")),
    serial: own(functionText("a.aggserialfn")),
    deserial: own(functionText("a.aggdeserialfn")),
    movingTransition: own(functionText("a.aggmtransfn")),
    movingInverse: own(functionText("a.aggminvtransfn")),
    movingStateType: own(typeText("a.aggmtranstype")),
    movingStateSpace: own("a.aggmtransspace"),
    movingInitialState: own("a.aggminitval"),
    movingFinal: own(functionText("a.aggmfinalfn")),
    movingFinalExtra: own("a.aggmfinalextra"),
    movingFinalModify: own(wordText("a.aggmfinalmodify", modifyWords)),
    sortOperator: own(operatorText("a.aggsortop")),
    parallel: wordText("o.proparallel", parallelWords),
  }),
};
