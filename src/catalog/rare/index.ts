import type { ReadOptions } from "../fragments.ts";
import { accessMethods } from "./access-methods.ts";
import { aggregates } from "./aggregates.ts";
import { baseTypes } from "./base-types.ts";
import { casts } from "./casts.ts";
import type { RareName } from "./catalogs.ts";
import { collations } from "./collations.ts";
import { conversions } from "./conversions.ts";
import { defaultPrivileges } from "./default-privileges.ts";
import { eventTriggers } from "./event-triggers.ts";
import { foreignDataWrappers } from "./foreign-data-wrappers.ts";
import { languages } from "./languages.ts";
import { operatorClasses } from "./operator-classes.ts";
import { operatorFamilies } from "./operator-families.ts";
import { operators } from "./operators.ts";
import { publicationTables } from "./publication-tables.ts";
import { publications } from "./publications.ts";
import { rangeTypes } from "./range-types.ts";
import { type RareKind, rareSql } from "./rare-kind.ts";
import { securityLabels } from "./security-labels.ts";
import { servers } from "./servers.ts";
import { statisticsObjects } from "./statistics-objects.ts";
import { subscriptions } from "./subscriptions.ts";
import { textSearchConfigurations } from "./text-search-configurations.ts";
import { textSearchDictionaries } from "./text-search-dictionaries.ts";
import { textSearchParsers } from "./text-search-parsers.ts";
import { textSearchTemplates } from "./text-search-templates.ts";
import { transforms } from "./transforms.ts";
import { userMappings } from "./user-mappings.ts";

export const rareKinds: Readonly<Record<RareName, RareKind>> = {
  languages,
  accessMethods,
  collations,
  baseTypes,
  rangeTypes,
  foreignDataWrappers,
  servers,
  userMappings,
  statisticsObjects,
  aggregates,
  casts,
  operators,
  operatorFamilies,
  operatorClasses,
  conversions,
  transforms,
  textSearchParsers,
  textSearchTemplates,
  textSearchDictionaries,
  textSearchConfigurations,
  eventTriggers,
  publications,
  publicationTables,
  subscriptions,
  defaultPrivileges,
  securityLabels,
};

/**
 * One query for all objects of some kinds.
 * @param present their names, separated by spaces
 */
export function rareObjectsSql(present: string, options: ReadOptions): string {
  const names = present.split(" ");
  const chosen = Object.entries(rareKinds).filter(([name]) => names.includes(name));
  return chosen.map(([, rare]) => rareSql(rare, options)).join("\n  UNION ALL ");
}
