import { foreignOptionsText, functionText } from "../fragments.ts";
import type { RareKind } from "./rare-kind.ts";

export const foreignDataWrappers: RareKind = {
  kind: "foreign-data wrapper",
  catalog: "pg_foreign_data_wrapper",
  names: ["o.fdwname"],
  privileges: ["o.fdwacl", "F", "o.fdwowner"],
  attributes: () => ({
    handler: functionText("o.fdwhandler"),
    validator: functionText("o.fdwvalidator"),
    options: foreignOptionsText("o.fdwoptions"),
  }),
};
