import { foreignOptionsText, functionText } from "../fragments.ts";
import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

export const foreignDataWrappers: RareKind = {
  kind: "foreign-data wrapper",
  ...rareCatalogs.foreignDataWrappers,
  names: ["o.fdwname"],
  privileges: ["o.fdwacl", "F", "o.fdwowner"],
  attributes: () => ({
    handler: functionText("o.fdwhandler"),
    validator: functionText("o.fdwvalidator"),
    options: foreignOptionsText("o.fdwoptions"),
  }),
};
