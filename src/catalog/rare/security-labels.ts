import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

/** By object and provider; those of large objects are not read, as these are data. */
export const securityLabels: RareKind = {
  kind: "security label",
  ...rareCatalogs.securityLabels,
  host: { catalog: "o.classoid", oid: "o.objoid", part: "o.objsubid" },
  names: ["o.provider"],
  attributes: () => ({ label: "o.label" }),
};
