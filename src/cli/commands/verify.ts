import { checkNames } from "../../verify/checks/names.ts";
import { documentOption, phaseOption } from "../arguments/common-options.ts";
import { findingsOptions } from "../arguments/findings-options.ts";
import { flag, integer } from "../arguments/option.ts";
import type { CommandDefinition } from "./command.ts";

export const options = {
  phase: phaseOption("check as of this phase", "the one that the database has reached"),
  document: documentOption,
  sample: integer("--sample <n>", {
    summary: "how many dangling values of a reference are named",
    byDefault: 5,
    min: 0,
  }),
  recall: flag("--recall", {
    summary: "measure on a sample what vector indexes find; reads their tables in full",
  }),
  ...findingsOptions,
} as const;

export const verify: CommandDefinition = {
  name: "verify [check]",
  summary:
    "check schema, document, migrations, ledgers, indexes, references between the databases, and access; all by default",
  examples: ["verify", "verify references --sample 20", "verify indexes --format junit"],
  notes: `
Checks:
  schema      the live databases are as documented, as diff compares them
  document    the document agrees with itself: counts, lists, diagrams, references
  phases      later phases only add, down files undo, and the migrations end at the document
  ledger      what is applied is what the files and the history say, in both databases alike
  indexes     each documented index is there, valid, and as documented
  references  rows that refer to the other database, and values that comments list
  access      privileges, against the document's words on each database`,
  options,
  words: [...checkNames, "all"],
  action: async () => (await import("../actions/verify.ts")).verifyAction,
};
