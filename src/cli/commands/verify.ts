import { checkNames } from "../../verify/checks/names.ts";
import { documentOption, phaseOption } from "../arguments/common-options.ts";
import { findingsOptions } from "../arguments/findings-options.ts";
import { flag, integer } from "../arguments/option.ts";
import type { CommandDefinition } from "./command.ts";

export const options = {
  phase: phaseOption("check at this phase", "the one that the database has reached"),
  document: documentOption,
  sample: integer("--sample <n>", {
    summary: "how many dangling values of a reference are named",
    byDefault: 5,
    min: 0,
  }),
  recall: flag("--recall", {
    summary: "measure the recall of vector indexes on a sample; reads their tables in full",
  }),
  ...findingsOptions,
} as const;

export const verify: CommandDefinition = {
  name: "verify [check]",
  summary: "check schema, document, migrations, ledgers, indexes, references and access; all by default",
  examples: ["verify", "verify references --sample 20", "verify indexes --format junit"],
  notes: `
Checks:
  schema      the live databases match the document, as in diff
  document    the document is consistent: counts, lists, diagrams, references
  phases      later phases only add, down files reverse, and the migrations result in the document
  ledger      the applied migrations match the files and the history
  indexes     each documented index exists, is valid, and is as documented
  references  rows that refer to other tables or databases, and values listed in comments
  access      privileges, compared with the documented access of each database`,
  options,
  words: [...checkNames, "all"],
  action: async () => (await import("../actions/verify.ts")).verifyAction,
};
