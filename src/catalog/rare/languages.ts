import { functionText } from "../fragments.ts";
import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

/** Languages that no extension has installed. */
export const languages: RareKind = {
  kind: "language",
  ...rareCatalogs.languages,
  names: ["o.lanname"],
  privileges: ["o.lanacl", "l", "o.lanowner"],
  attributes: () => ({
    trusted: "o.lanpltrusted",
    handler: functionText("o.lanplcallfoid"),
    inline: functionText("o.laninline"),
    validator: functionText("o.lanvalidator"),
  }),
};
