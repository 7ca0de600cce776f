import type { ReadOptions } from "../fragments.ts";
import { accessMethods } from "./access-methods.ts";
import { aggregates } from "./aggregates.ts";
import { baseTypes } from "./base-types.ts";
import { casts } from "./casts.ts";
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
import { existsSql, type RareKind, rareSql } from "./rare-kind.ts";
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

/** Kinds of which most databases have no object, in the order of reports. */
const rareKinds: readonly RareKind[] = [
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
];

/** The positions of the kinds of which a database has objects, such as `2 7`; an empty text for none. */
export const presentSql = `(SELECT COALESCE(pg_catalog.string_agg(k.place, ' '), '') FROM (VALUES
    ${rareKinds.map((rare, place) => `('${place}', ${existsSql(rare)})`).join(",\n    ")}) k(place, present) WHERE k.present)`;

/**
 * One query for all objects of some kinds.
 * @param present the answer of {@link presentSql}
 */
export function rareObjectsSql(present: string, options: ReadOptions): string {
  const places = present.split(" ");
  const queries = rareKinds.flatMap((rare, place) =>
    places.includes(String(place)) ? rareSql(rare, options) : [],
  );
  return queries.length === 0 ? "SELECT WHERE false" : queries.join("\n  UNION ALL ");
}
