import type { Kind } from "../schema/model.ts";
import { constraints } from "./constraints.ts";
import { functions } from "./functions.ts";
import {
  collations,
  conversions,
  eventTriggers,
  extensions,
  foreignDataWrappers,
  publications,
  publicationTables,
  schemas,
  servers,
  userMappings,
} from "./global-objects.ts";
import { indexes } from "./indexes.ts";
import type { KindSql } from "./kind.ts";
import { accessMethods, languages, transforms } from "./languages.ts";
import { aggregates, casts, operatorClasses, operatorFamilies, operators } from "./operators.ts";
import { policies } from "./policies.ts";
import { defaultPrivileges } from "./privileges.ts";
import { rules } from "./rules.ts";
import { sequences } from "./sequences.ts";
import { statisticsObjects } from "./statistics-objects.ts";
import {
  textSearchConfigurations,
  textSearchDictionaries,
  textSearchParsers,
  textSearchTemplates,
} from "./text-search.ts";
import { triggers } from "./triggers.ts";
import { types } from "./types.ts";
import { views } from "./views.ts";

/** Kinds in the order in which a script creates them, as far as their objects do not need each other. */
export const creationOrder: readonly (readonly Kind[])[] = [
  ["schema"],
  ["extension"],
  ["collation"],
  ["type"],
  ["text search parser"],
  ["text search template"],
  ["text search dictionary"],
  ["text search configuration"],
  ["conversion"],
  ["foreign-data wrapper"],
  ["server"],
  ["user mapping"],
  ["language"],
  ["access method"],
  ["function"],
  ["aggregate"],
  ["operator"],
  ["operator family"],
  ["operator class"],
  ["cast"],
  ["transform"],
  ["sequence"],
  // A table with all that belongs to it, by name.
  ["table", "column", "index", "statistics object"],
  // Last: foreign keys, which may form circles.
  ["constraint"],
  ["view"],
  ["trigger"],
  ["rule"],
  ["policy"],
  ["publication"],
  ["publication table"],
  ["event trigger"],
  // They concern objects that are created later.
  ["default privileges"],
];

/** How to create the objects of each kind; tables and columns are created together. */
export const kindSql: Readonly<Partial<Record<Kind, KindSql>>> = {
  schema: schemas,
  extension: extensions,
  collation: collations,
  type: types,
  "text search parser": textSearchParsers,
  "text search template": textSearchTemplates,
  "text search dictionary": textSearchDictionaries,
  "text search configuration": textSearchConfigurations,
  conversion: conversions,
  "foreign-data wrapper": foreignDataWrappers,
  server: servers,
  "user mapping": userMappings,
  language: languages,
  "access method": accessMethods,
  function: functions,
  aggregate: aggregates,
  operator: operators,
  "operator family": operatorFamilies,
  "operator class": operatorClasses,
  cast: casts,
  transform: transforms,
  sequence: sequences,
  constraint: constraints,
  index: indexes,
  "statistics object": statisticsObjects,
  view: views,
  trigger: triggers,
  rule: rules,
  policy: policies,
  publication: publications,
  "publication table": publicationTables,
  "event trigger": eventTriggers,
  "default privileges": defaultPrivileges,
};
