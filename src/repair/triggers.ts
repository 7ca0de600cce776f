import type { SchemaObject } from "../schema/model.ts";
import { itemsOf } from "../sql/parentheses.ts";
import { readableIdentifier } from "../sql/readable-identifier.ts";
import type { KindSql } from "./kind.ts";
import { clause, hostName, isSet, partName, sqlName, textOf } from "./names.ts";
import { columnList } from "./table-parts.ts";

/** How triggers and rules fire that do not fire as new ones do. */
const enabledWords: Readonly<Record<string, string>> = {
  disabled: "DISABLE",
  replica: "ENABLE REPLICA",
  always: "ENABLE ALWAYS",
};

/** How ALTER TABLE sets the state of a trigger. */
export function enabledState(state: string): string {
  return enabledWords[state] ?? "ENABLE";
}

/** The statement for a trigger or rule that does not fire as a new one does. */
export function enabledSql(object: SchemaObject, word: "TRIGGER" | "RULE"): string[] {
  const action = enabledWords[textOf(object, "enabled") ?? ""];
  return action === undefined
    ? []
    : [`ALTER TABLE ${hostName(object.name)} ${action} ${word} ${partName(object.name)}`];
}

function eventsOf(object: SchemaObject): string {
  const columns = textOf(object, "columns");
  return itemsOf(textOf(object, "events") ?? "")
    .map((event) =>
      event === "update" && columns !== undefined ? `UPDATE OF ${columnList(columns)}` : event.toUpperCase(),
    )
    .join(" OR ");
}

function transitionTables(object: SchemaObject): string {
  const [before, after] = [textOf(object, "oldTable"), textOf(object, "newTable")];
  if (before === undefined && after === undefined) return "";
  const table = (word: string, name: string | undefined) =>
    name === undefined ? "" : ` ${word} TABLE AS ${readableIdentifier(name)}`;
  return ` REFERENCING${table("OLD", before)}${table("NEW", after)}`;
}

export const triggers: KindSql = {
  identity: ({ name }) => `TRIGGER ${partName(name)} ON ${hostName(name)}`,
  create: (object) => {
    const { name } = object;
    const referenced = textOf(object, "referencedTable");
    const timing = textOf(object, "timing")?.toUpperCase();
    return [
      [
        `CREATE ${isSet(object, "constraint") ? "CONSTRAINT " : ""}TRIGGER ${partName(name)}`,
        ` ${timing} ${eventsOf(object)} ON ${hostName(name)}`,
        clause("FROM ", referenced === undefined ? undefined : sqlName(referenced)),
        isSet(object, "deferrable") ? " DEFERRABLE" : "",
        isSet(object, "initiallyDeferred") ? " INITIALLY DEFERRED" : "",
        transitionTables(object),
        ` FOR EACH ${textOf(object, "level")?.toUpperCase()}`,
        clause("WHEN (", textOf(object, "condition"), ")"),
        ` EXECUTE FUNCTION ${sqlName(textOf(object, "function") ?? "")}(${textOf(object, "arguments") ?? ""})`,
      ].join(""),
      ...enabledSql(object, "TRIGGER"),
    ];
  },
};
