import type { SchemaObject } from "../schema/model.ts";
import { constraints, validate } from "./constraints.ts";
import { clause, hostName, isSet, nameInSchema, partName, textOf } from "./names.ts";
import { policies } from "./policies.ts";
import { rules } from "./rules.ts";
import { enabledState, triggers } from "./triggers.ts";
import { type Change, commentWay, eachOf, optionsWay, tablespaceWay, valuesWay, type Ways } from "./way.ts";

/** What changes each attribute of indexes and of constraints that have one. */
const ofIndexes: Ways = {
  ...eachOf(
    [
      "columns",
      "operatorClasses",
      "collations",
      "include",
      "nullsNotDistinct",
      "predicate",
      // States of a build that failed: only a new index is whole.
      "valid",
      "ready",
      "live",
    ],
    "recreate",
  ),
  storageParameters: optionsWay("storageParameters", ({ name }) => `ALTER INDEX ${nameInSchema(name)}`),
  tablespace: tablespaceWay(({ name }) => `ALTER INDEX ${nameInSchema(name)}`),
  clustered: ({ attributes, name }) => [
    `ALTER TABLE ${hostName(name)} ${attributes["clustered"] === true ? `CLUSTER ON ${partName(name)}` : "SET WITHOUT CLUSTER"}`,
  ],
  // Without it, the table or another index says what identifies a row.
  replicaIdentity: ({ attributes, name }) =>
    attributes["replicaIdentity"] === true
      ? [`ALTER TABLE ${hostName(name)} REPLICA IDENTITY USING INDEX ${partName(name)}`]
      : [],
};

export const indexWays: Ways = {
  ...ofIndexes,
  ...eachOf(["method", "unique", "directions", "nulls"], "recreate"),
  // A new index of the partitioned table takes an equal one of a partition as its part.
  ofPartition: (wanted) => (isSet(wanted, "ofPartition") ? [] : undefined),
  // Columns of an index have numbers, which the names of other values have not.
  statistics: valuesWay(
    "statistics",
    ({ name }, number, value) =>
      `ALTER INDEX ${nameInSchema(name)} ALTER COLUMN ${number.replaceAll('"', "")} SET STATISTICS ${value ?? -1}`,
  ),
  comment: commentWay("comment", ({ name }) => `INDEX ${nameInSchema(name)}`),
};

/** Only foreign keys can change when they are checked. */
const deferral: Change = (wanted) => {
  if (textOf(wanted, "type") !== "foreign key") return undefined;
  const words = isSet(wanted, "deferrable") ? "DEFERRABLE" : "NOT DEFERRABLE";
  const initially = isSet(wanted, "initiallyDeferred") ? " INITIALLY DEFERRED" : "";
  return [
    `ALTER TABLE ${hostName(wanted.name)} ALTER CONSTRAINT ${partName(wanted.name)} ${words}${initially}`,
  ];
};

export const constraintWays: Ways = {
  ...ofIndexes,
  ...eachOf(
    [
      "type",
      "enforced",
      "noInherit",
      "withoutOverlaps",
      "expression",
      "referencedTable",
      "referencedColumns",
      "match",
      "onUpdate",
      "onDelete",
      "onDeleteColumns",
      "method",
      "operators",
    ],
    "recreate",
  ),
  deferrable: deferral,
  initiallyDeferred: deferral,
  validated: (wanted) => (isSet(wanted, "validated") ? [validate(wanted)] : undefined),
  indexComment: commentWay("indexComment", ({ name }) => `INDEX ${nameInSchema(name)}`),
  comment: commentWay("comment", constraints.identity),
};

function enabled(word: "TRIGGER" | "RULE"): Change {
  return (wanted) => [
    `ALTER TABLE ${hostName(wanted.name)} ${enabledState(textOf(wanted, "enabled") ?? "")} ${word} ${partName(wanted.name)}`,
  ];
}

export const triggerWays: Ways = {
  ...eachOf(
    [
      "timing",
      "events",
      "columns",
      "level",
      "condition",
      "function",
      "arguments",
      "constraint",
      "referencedTable",
      "deferrable",
      "initiallyDeferred",
      "oldTable",
      "newTable",
    ],
    "recreate",
  ),
  enabled: enabled("TRIGGER"),
  comment: commentWay("comment", triggers.identity),
};

export const ruleWays: Ways = {
  ...eachOf(["event", "instead", "definition", "condition"], "recreate"),
  enabled: enabled("RULE"),
  comment: commentWay("comment", rules.identity),
};

/** ALTER POLICY replaces an expression, and cannot remove one. */
function expression(words: string, attribute: string): Change {
  return (wanted) => {
    const text = textOf(wanted, attribute);
    return text === undefined
      ? undefined
      : [`ALTER ${policies.identity(wanted)}${clause(`${words} (`, text, ")")}`];
  };
}

export const policyWays: Ways = {
  ...eachOf(["command", "permissive"], "recreate"),
  roles: (wanted) => [`ALTER ${policies.identity(wanted)} TO ${textOf(wanted, "roles")}`],
  using: expression("USING", "using"),
  withCheck: expression("WITH CHECK", "withCheck"),
  comment: commentWay("comment", policies.identity),
};

export const statisticsWays: Ways = {
  ...eachOf(["columns", "kinds"], "recreate"),
  target: ({ attributes, name }) => [
    `ALTER STATISTICS ${nameInSchema(name)} SET STATISTICS ${attributes["target"] ?? -1}`,
  ],
  comment: commentWay("comment", ({ name }: SchemaObject) => `STATISTICS ${nameInSchema(name)}`),
};

export const publicationTableWays: Ways = eachOf(["table", "columns", "filter"], "recreate");
