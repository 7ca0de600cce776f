import { formatOption } from "../arguments/common-options.ts";
import { path } from "../arguments/option.ts";
import type { CommandDefinition } from "./command.ts";

export const options = {
  out: path("--out <file>", { summary: "file to write", byDefault: "socrates-db.stats.json" }),
  format: formatOption,
} as const;

export const stats: CommandDefinition = {
  name: "stats <job>",
  summary: "pull: write the sizes and distributions of the databases, without values, for rehearse",
  examples: ["stats pull", "stats pull --out production.stats.json --format json"],
  notes: `
Reads row counts, pages, sizes, column widths, null fractions, numbers of
distinct values and correlations from the catalogs, and the last numbers of
sequences. No value of a column, no histogram and no bound is read. The file
is smaller than 1 MB and can be committed; use: rehearse --stats FILE`,
  options,
  words: ["pull"],
  action: async () => (await import("../actions/stats.ts")).statsAction,
};
