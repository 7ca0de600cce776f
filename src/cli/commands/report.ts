import { reviewFormats } from "../../report/review/formats.ts";
import { severities } from "../../severity.ts";
import { documentOption } from "../arguments/common-options.ts";
import { findingsOptions } from "../arguments/findings-options.ts";
import { choice, integer, path } from "../arguments/option.ts";
import type { CommandDefinition } from "./command.ts";

/** What a pull request must know, and a page of everything. */
const formats = [...reviewFormats, "html"] as const;

export const options = {
  since: integer("--since <number>", { summary: "the last migration that is not new", min: 0 }),
  document: documentOption,
  out: path("--out <file>", {
    summary:
      "write to this file, which is replaced; - for standard output (default: standard output; for html, schema.html)",
  }),
  failOn: choice("--fail-on <level>", {
    summary: "lowest severity that exits with 1",
    values: severities,
    byDefault: "error",
  }),
  ...findingsOptions,
  format: choice("--format <format>", {
    summary: `output: ${formats.join(", ")}`,
    values: formats,
    byDefault: "text",
  }),
} as const;

export const report: CommandDefinition = {
  name: "report [files...]",
  summary: "all that a pull request must know: drift, checks, hazards of new migrations, a diagram",
  examples: [
    "report --since 12",
    "report --format markdown --out comment.md $(git diff --name-only main...HEAD)",
    "report --format html --out public/schema.html",
  ],
  notes: `
Compares the document with the migrations, and the live databases that have a
connection string with the document. The files, such as all that a branch has
changed, or --since say which migrations are new: their hazards are reported, and
a diagram shows what they change. Without connection strings, it connects to no
database. It states what it did not compare. The Markdown is at most as long as a
comment on GitHub may be.

The page of --format html is one file without network access: a diagram with all
phases, and all tables with their indexes, references, migrations and findings.
It also reads embedded databases, and states what it did not read or check. The
same schemas give the same bytes; no value of a row is on it.`,
  options,
  action: async () => (await import("../actions/report.ts")).reportAction,
};
