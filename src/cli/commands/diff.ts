import { sourceNames } from "../../compare/source-names.ts";
import type { NamedDatabase } from "../../databases.ts";
import { findingsFormats } from "../../report/findings/formats.ts";
import { documentOption, phaseOption, scriptOptions } from "../arguments/common-options.ts";
import { findingsOptions } from "../arguments/findings-options.ts";
import { choice, flag, text } from "../arguments/option.ts";

import { type CommandDefinition, exampleKeys } from "./command.ts";

export const options = {
  phase: phaseOption("compare at this phase", "the one that the database has reached"),
  document: documentOption,
  from: text("--from <source>", {
    summary: "expected schema: document, live, migrations, a connection string, or SQL files",
    byDefault: "document",
    values: sourceNames,
  }),
  to: text("--to <source>", { summary: "schema to check", byDefault: "live", values: sourceNames }),
  privileges: flag("--privileges", { summary: "also compare grants; for two live databases" }),
  owners: flag("--owners", { summary: "also compare owners; for two live databases" }),
  settings: flag("--settings", {
    summary: "also compare settings of the database, and of roles in it; for two live databases",
  }),
  ...findingsOptions,
  format: choice("--format <format>", {
    summary: `output: ${findingsFormats.join(", ")}, or the script that ends the differences: sql`,
    values: [...findingsFormats, "sql"],
    byDefault: "text",
  }),
  down: flag("--down", { summary: "with --format sql: the script in the other direction" }),
  ...scriptOptions("with --format sql"),
} as const;

export function diff(databases: readonly NamedDatabase[]): CommandDefinition {
  const { first } = exampleKeys(databases);
  return {
    name: "diff",
    summary: "compare the documented schema with the live databases, or any two sources",
    examples: [
      "diff",
      "diff --format github --strict",
      "diff --from migrations --to document",
      `diff --to ./dump.sql --database ${first}`,
      `diff --format sql --database ${first} > changes.sql`,
      `diff --format sql --database ${first} --rename public.jar.size=volume`,
    ],
    options,
    action: async () => (await import("../actions/diff.ts")).diffAction,
  };
}
