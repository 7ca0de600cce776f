import type { CommandDefinition } from "./command.ts";

export const diagram: CommandDefinition = {
  name: "diagram",
  summary: "draw the tables of one or both databases, and what refers to what",
  examples: [
    "diagram --phase 2",
    "diagram --columns keys --database auth",
    "diagram --table specifications --depth 2",
    "diagram --style svg --columns all > schema.svg",
    "diagram --diff",
  ],
  configure: (command) => {
    command
      .option(
        "--phase <n>",
        "as of this phase (default: the last; with --diff, the one that the database has reached)",
      )
      .option(
        "--source <source>",
        "what is drawn: document, live, migrations, a connection string, or SQL files (default: document)",
      )
      .option(
        "--document <file>",
        "schema document (default: the one of the config file, or of this package)",
      )
      .option("--columns <which>", "none, keys, or all with their types (default: none)")
      .option("--style <style>", "unicode, ascii, mermaid, dot or svg (default: unicode)")
      .option(
        "--width <columns>",
        "longest line of unicode and ascii (default: the terminal's, else no limit)",
      )
      .option("--table <name>", "only this table and what lies around it")
      .option("--depth <k>", "how many references away, with --table (default: 1)")
      .option("--diff", "draw the live databases, and mark what differs from the document");
  },
  action: async () => (await import("../actions/schemas.ts")).diagramAction,
};
