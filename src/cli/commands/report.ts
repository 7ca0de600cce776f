import { reviewFormats } from "../../report/review/formats.ts";
import { severities } from "../../severity.ts";
import { documentOption } from "../arguments/common-options.ts";
import { findingsOptions } from "../arguments/findings-options.ts";
import { choice, integer, path } from "../arguments/option.ts";
import type { CommandDefinition } from "./command.ts";

export const options = {
  since: integer("--since <number>", { summary: "the last migration that is not new", min: 0 }),
  document: documentOption,
  out: path("--out <file>", { summary: "write to this file, which is replaced (default: standard output)" }),
  failOn: choice("--fail-on <level>", {
    summary: "lowest severity that exits with 1",
    values: severities,
    byDefault: "error",
  }),
  ...findingsOptions,
  format: choice("--format <format>", {
    summary: `output: ${reviewFormats.join(", ")}`,
    values: reviewFormats,
    byDefault: "text",
  }),
} as const;

export const report: CommandDefinition = {
  name: "report [files...]",
  summary: "all that a pull request must know: drift, checks, hazards of new migrations, a diagram",
  examples: [
    "report --since 12",
    "report --format markdown --out comment.md $(git diff --name-only main...HEAD)",
  ],
  notes: `
Compares the document with the migrations, and the live databases that have a
connection string with the document. The files, such as all that a branch has
changed, or --since say which migrations are new: their hazards are reported, and
a diagram shows what they change. Without connection strings, it connects to no
database. It states what it did not compare. The Markdown is at most as long as a
comment on GitHub may be.`,
  options,
  action: async () => (await import("../actions/report.ts")).reportAction,
};
