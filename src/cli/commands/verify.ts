import type { CommandDefinition } from "./command.ts";
import { findingsOptions } from "./options.ts";

/** The checks, in the order in which they are made. */
export const checkNames = [
  "schema",
  "document",
  "phases",
  "ledger",
  "indexes",
  "references",
  "access",
] as const;

export const verify: CommandDefinition = {
  name: "verify [check]",
  summary:
    "check schema, document, migrations, ledgers, indexes, references between the databases, and access; all by default",
  examples: ["verify", "verify references --sample 20", "verify indexes --format junit"],
  configure: (command) => {
    command
      .addHelpText(
        "after",
        `
Checks:
  schema      the live databases are as documented, as diff compares them
  document    the document agrees with itself: counts, lists, diagrams, references
  phases      later phases only add, down files undo, and the migrations end at the document
  ledger      what is applied is what the files and the history say, in both databases alike
  indexes     each documented index is there, valid, and as documented
  references  rows that refer to the other database, and values that comments list
  access      privileges, against the document's words on each database`,
      )
      .option("--phase <n>", "check as of this phase (default: the one that the database has reached)")
      .option(
        "--document <file>",
        "schema document (default: the one of the config file, or of this package)",
      );
    command.option("--sample <n>", "how many orphans of a reference are named (default: 5)");
    command.option("--recall", "measure on a sample what vector indexes find; reads their tables in full");
    findingsOptions(command);
  },
  action: async () => (await import("../actions/schemas.ts")).verifyAction,
};
