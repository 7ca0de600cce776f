import { severities } from "../../severity.ts";
import { phaseOption, waitForQuietOption } from "../arguments/common-options.ts";
import { findingsOptions } from "../arguments/findings-options.ts";
import { choice, flag, integer, path } from "../arguments/option.ts";
import type { CommandDefinition } from "./command.ts";

export const options = {
  phase: phaseOption("stop at the end of this phase"),
  to: integer("--to <number>", { summary: "stop after the migration of this number", min: 1 }),
  since: integer("--since <number>", {
    summary: "take this migration as the last applied one, and ask no embedded database",
    min: 0,
  }),
  statements: path("--statements <dir|live>", {
    summary: "plan the application's statements: a folder of SQL, or pg_stat_statements of the target",
  }),
  live: flag("--live", {
    summary: "also say what the target is doing now that the first statements would wait for",
  }),
  waitForQuiet: waitForQuietOption,
  stats: path("--stats <file>", {
    summary: "take sizes from this statistics file (default: from the server that is asked)",
  }),
  failOn: choice("--fail-on <level>", {
    summary: "lowest severity that exits with 1",
    values: severities,
    byDefault: "error",
  }),
  ...findingsOptions,
} as const;

export const rehearse: CommandDefinition = {
  name: "rehearse [files...]",
  summary: "say what the pending migrations, or files, will lock, rewrite and read in production",
  examples: [
    "rehearse",
    "rehearse --since 12 --format github --fail-on warning",
    "rehearse --stats socrates-db.stats.json",
    "rehearse changes.sql",
  ],
  notes: `
Runs them in an embedded PostgreSQL, at the schema that the target has reached,
with a generated row in each table. For each statement it prints the locks on
what exists, the tables and indexes that are rewritten or read in full, and
what other sessions cannot do until the commit; with statistics of stats pull or
of the target, also the bytes it writes and the rows it reads. A hazard is
accepted in the file of its statement: -- socrates-db: accept HAZARD reason
--statements also finds statements of the application that no longer work, lose
their index, or join two databases: parameters are $1, :name, %s or %(name)s. A
subfolder with the name of a database decides on the database of its files.`,
  options,
  exclusive: [[options.phase, options.to]],
  action: async () => (await import("../actions/rehearse.ts")).rehearseAction,
};
