import type { SchemaObject } from "../schema/model.ts";
import { itemsOf } from "../sql/parentheses.ts";
import { inheritedColumnChanges, inheritedDefaults } from "./inherited.ts";
import { columnValues, sqlName, textOf } from "./names.ts";
import { tableIdentity } from "./tables.ts";
import { enabledState } from "./triggers.ts";
import { type Change, commentWay, foreignOptionsWay, optionsWay, tablespaceWay, type Ways } from "./way.ts";

function alter({ name }: SchemaObject): string {
  return `ALTER TABLE ${sqlName(name)}`;
}

function flag(attribute: string, on: string, off: string): Change {
  return (wanted) => [
    `${alter(wanted)} ${wanted.attributes[attribute] === true ? on : off} ROW LEVEL SECURITY`,
  ];
}

/** Leaves the partitioned table of before, and becomes a partition of the wanted one. */
const partition: Change = (wanted, is) => {
  const [parent, before] = [textOf(wanted, "partitionOf"), textOf(is, "partitionOf")];
  const name = sqlName(wanted.name);
  return [
    ...(before === undefined ? [] : [`ALTER TABLE ${sqlName(before)} DETACH PARTITION ${name}`]),
    ...(parent === undefined
      ? []
      : [`ALTER TABLE ${sqlName(parent)} ATTACH PARTITION ${name} ${textOf(wanted, "partitionBound")}`]),
  ];
};

const inherits: Change = (wanted, is) => {
  const parents = (table: SchemaObject) => itemsOf(textOf(table, "inherits") ?? "").filter((name) => name);
  const [after, before] = [parents(wanted), parents(is)];
  return [
    ...before
      .filter((parent) => !after.includes(parent))
      .map((parent) => `${alter(wanted)} NO INHERIT ${sqlName(parent)}`),
    ...after
      .filter((parent) => !before.includes(parent))
      .map((parent) => `${alter(wanted)} INHERIT ${sqlName(parent)}`),
  ];
};

/** What changes each attribute of a table. */
export const tableWays: Ways = {
  type: "recreate",
  partitionKey: "recreate",
  persistence: (wanted) => [
    `${alter(wanted)} SET ${textOf(wanted, "persistence") === "unlogged" ? "UNLOGGED" : "LOGGED"}`,
  ],
  partitionOf: partition,
  partitionBound: partition,
  inherits,
  typedOf: (wanted) => {
    const type = textOf(wanted, "typedOf");
    return [`${alter(wanted)} ${type === undefined ? "NOT OF" : `OF ${type}`}`];
  },
  rowSecurity: flag("rowSecurity", "ENABLE", "DISABLE"),
  forceRowSecurity: flag("forceRowSecurity", "FORCE", "NO FORCE"),
  storageParameters: optionsWay("storageParameters", alter),
  // Identity by an index is an attribute of the index.
  replicaIdentity: (wanted) =>
    textOf(wanted, "replicaIdentity") === "index"
      ? []
      : [`${alter(wanted)} REPLICA IDENTITY ${textOf(wanted, "replicaIdentity")?.toUpperCase()}`],
  tablespace: tablespaceWay(alter),
  accessMethod: (wanted) => [
    `${alter(wanted)} SET ACCESS METHOD ${sqlName(textOf(wanted, "accessMethod") ?? "heap")}`,
  ],
  server: "recreate",
  options: foreignOptionsWay("options", ({ name }) => `ALTER FOREIGN TABLE ${sqlName(name)}`),
  // What falls back to the value of the table above is known from there.
  columnDefaults: (wanted) => inheritedDefaults(wanted, "ONLY "),
  columnNotNulls: inheritedColumnChanges,
  columnStorage: inheritedColumnChanges,
  columnStatistics: inheritedColumnChanges,
  columnComments: inheritedColumnChanges,
  triggerStates: (wanted, is) => {
    const after = new Map(columnValues(textOf(wanted, "triggerStates")));
    const reset = columnValues(textOf(is, "triggerStates")).filter(([trigger]) => !after.has(trigger));
    return [...reset.map(([trigger]) => [trigger, ""] as const), ...after].map(
      ([trigger, state]) => `${alter(wanted)} ${enabledState(state)} TRIGGER ${trigger}`,
    );
  },
  comment: commentWay("comment", tableIdentity),
};
