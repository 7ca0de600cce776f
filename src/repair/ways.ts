import type { Kind, SchemaObject } from "../schema/model.ts";
import { accessWays } from "./access-ways.ts";
import { columnWays } from "./column-ways.ts";
import { kindSql } from "./kinds.ts";
import { textLiteral } from "./literals.ts";
import { sqlName, textOf } from "./names.ts";
import {
  constraintWays,
  indexWays,
  policyWays,
  publicationTableWays,
  ruleWays,
  statisticsWays,
  triggerWays,
} from "./part-ways.ts";
import { aggregateWays, functionWays, viewWays } from "./routine-ways.ts";
import { tableWays } from "./table-ways.ts";
import { sequenceWays, typeWays } from "./type-ways.ts";
import { commentWay, eachOf, foreignOptionsWay, onlyIfSet, type Way, type Ways } from "./way.ts";

function identity(object: SchemaObject): string {
  return kindSql[object.kind]?.identity(object) ?? "";
}

function alter(object: SchemaObject): string {
  return `ALTER ${identity(object)}`;
}

const states: Readonly<Record<string, string>> = {
  disabled: "DISABLE",
  replica: "ENABLE REPLICA",
  always: "ENABLE ALWAYS",
};

/** How each attribute of each kind changes. */
export const ways: Readonly<Partial<Record<Kind, Ways>>> = {
  schema: {},
  extension: {
    schema: (wanted) => [`${alter(wanted)} SET SCHEMA ${sqlName(textOf(wanted, "schema") ?? "")}`],
  },
  language: eachOf(["trusted", "handler", "inline", "validator"], "recreate"),
  "access method": eachOf(["type", "handler"], "recreate"),
  collation: eachOf(["provider", "locale", "collate", "ctype", "deterministic", "rules"], "recreate"),
  type: typeWays,
  "foreign-data wrapper": {
    ...eachOf(["handler", "validator"], "recreate"),
    options: foreignOptionsWay("options", alter),
  },
  server: {
    ...eachOf(["wrapper", "type"], "recreate"),
    version: onlyIfSet("version", (wanted) => [
      `${alter(wanted)} VERSION ${textLiteral(textOf(wanted, "version") ?? "")}`,
    ]),
    options: foreignOptionsWay("options", alter),
  },
  "user mapping": { options: foreignOptionsWay("options", alter) },
  sequence: sequenceWays,
  table: tableWays,
  column: columnWays,
  constraint: constraintWays,
  index: indexWays,
  "statistics object": statisticsWays,
  view: viewWays,
  function: functionWays,
  aggregate: aggregateWays,
  cast: eachOf(["method", "function", "context"], "recreate"),
  operator: eachOf(
    ["function", "returns", "commutator", "negator", "restrict", "join", "hashes", "merges"],
    "recreate",
  ),
  "operator family": eachOf(["operators", "functions"], "recreate"),
  "operator class": eachOf(["family", "type", "default", "storage", "operators", "functions"], "recreate"),
  conversion: eachOf(["from", "to", "function", "default"], "recreate"),
  transform: eachOf(["fromSql", "toSql"], "recreate"),
  "text search parser": eachOf(["start", "token", "end", "tokenTypes", "headline"], "recreate"),
  "text search template": eachOf(["init", "lexize"], "recreate"),
  "text search dictionary": eachOf(["template", "options"], "recreate"),
  "text search configuration": eachOf(["parser", "mappings"], "recreate"),
  trigger: triggerWays,
  rule: ruleWays,
  policy: policyWays,
  "event trigger": {
    ...eachOf(["event", "tags", "function"], "recreate"),
    enabled: (wanted) => [`${alter(wanted)} ${states[textOf(wanted, "enabled") ?? ""] ?? "ENABLE"}`],
  },
  publication: eachOf(
    ["allTables", "schemas", "publish", "viaPartitionRoot", "generatedColumns"],
    "recreate",
  ),
  "publication table": publicationTableWays,
  "default privileges": eachOf(["privileges"], "recreate"),
};

/** Kinds and attributes (`kind: attribute`) that no script changes, each with the reason. */
export const notRepaired: Readonly<Record<string, string>> = {
  subscription: "a subscription connects to another server, which the shadow cannot do",
  "security label": "a security label belongs to a module that the shadow lacks",
  "database setting": "settings of a database belong to the server's administration",
  "role setting": "settings of a role belong to the server's administration",
  "column: notNullComment": "the reader does not read the name of the NOT NULL constraint",
  ...Object.fromEntries(
    [
      "input",
      "output",
      "receive",
      "send",
      "modifierInput",
      "modifierOutput",
      "analyze",
      "subscript",
      "length",
      "byValue",
      "alignment",
      "storage",
      "category",
      "preferred",
      "element",
      "delimiter",
    ].map((attribute) => [`type: ${attribute}`, "a base type needs functions in C"]),
  ),
};

/** How an attribute of a kind changes; undefined if {@link reasonAgainst} says why no script changes it. */
export function wayOf(kind: Kind, attribute: string): Way | undefined {
  const own = ways[kind]?.[attribute];
  if (own !== undefined || ways[kind] === undefined) return own;
  return attribute === "comment" ? commentWay("comment", identity) : accessWays[attribute];
}

/** Why no script changes an attribute of a kind; undefined if it has a way. */
export function reasonAgainst(kind: Kind, attribute: string): string | undefined {
  if (wayOf(kind, attribute) !== undefined) return undefined;
  return notRepaired[kind] ?? notRepaired[`${kind}: ${attribute}`];
}
