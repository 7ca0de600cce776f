import { sourceNames } from "../../compare/source-names.ts";
import type { NamedDatabase } from "../../databases.ts";
import { columnsModes } from "../../diagram/columns.ts";
import { diagramStyles } from "../../diagram/styles.ts";
import { documentOption, phaseOption } from "../arguments/common-options.ts";
import { choice, flag, integer, text } from "../arguments/option.ts";
import { type CommandDefinition, exampleKeys } from "./command.ts";

export const options = {
  phase: phaseOption("draw this phase", "the last; with --diff, the one that the database has reached"),
  source: text("--source <source>", {
    summary: "schema to draw: document, live, migrations, a connection string, or SQL files",
    byDefault: "document",
    values: sourceNames,
  }),
  document: documentOption,
  columns: choice("--columns <which>", {
    summary: "none, keys, or all with their types",
    values: columnsModes,
    byDefault: "none",
  }),
  style: choice("--style <style>", {
    summary: "unicode, ascii, mermaid, dot or svg",
    values: diagramStyles,
    byDefault: "unicode",
  }),
  width: integer("--width <columns>", {
    summary: "longest line of unicode and ascii",
    byDefault: "the terminal's, else no limit",
    min: 1,
  }),
  table: text("--table <name>", { summary: "only this table and its neighbours" }),
  depth: integer("--depth <k>", {
    summary: "how many references away, with --table",
    byDefault: 1,
    min: 0,
  }),
  diff: flag("--diff", { summary: "draw the live databases and mark differences from the document" }),
} as const;

export function diagram(databases: readonly NamedDatabase[]): CommandDefinition {
  const { first } = exampleKeys(databases);
  return {
    name: "diagram",
    summary: "draw the tables of the databases and their references",
    examples: [
      "diagram --phase 2",
      `diagram --columns keys --database ${first}`,
      "diagram --table specifications --depth 2",
      "diagram --style svg --columns all > schema.svg",
      "diagram --diff",
    ],
    options,
    exclusive: [[options.source, options.diff]],
    action: async () => (await import("../actions/diagram.ts")).diagramAction,
  };
}
