import { reportFormats } from "../../page/formats.ts";
import { documentOption } from "../arguments/common-options.ts";
import { findingsOptions } from "../arguments/findings-options.ts";
import { choice, path } from "../arguments/option.ts";
import type { CommandDefinition } from "./command.ts";

export const options = {
  format: choice("--format <format>", {
    summary: "html: one page with a diagram, all tables and all findings",
    values: reportFormats,
    byDefault: "html",
  }),
  out: path("--out <file>", { summary: "file to write; - for standard output", byDefault: "schema.html" }),
  document: documentOption,
  strict: findingsOptions.strict,
  severity: findingsOptions.severity,
  ignore: findingsOptions.ignore,
} as const;

export const report: CommandDefinition = {
  name: "report",
  summary: "write one page of all databases: diagram, tables, indexes, references, migrations, findings",
  examples: ["report", "report --format html --out public/schema.html"],
  notes: `
The page is one file that needs no network. A database that cannot be read is
stated on it, and so is each check that could not run. No value of a row is
on it. The same schemas result in the same bytes.`,
  options,
  action: async () => (await import("../actions/report.ts")).reportAction,
};
