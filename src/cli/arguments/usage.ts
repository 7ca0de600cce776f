import type { Command, CommanderError } from "commander";
import { SocratesError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";

const readHelp = "Run socrates-db --help, or socrates-db <command> --help.";

function usage(message: string, hint: string): SocratesError {
  return new SocratesError("usage", message, { hint });
}

/** Commands of Flyway, dbmate, Alembic, Prisma and others, with their equivalents here. */
const otherWords: Readonly<Record<string, string>> = {
  apply: "migrate",
  baseline: "adopt",
  check: "verify",
  clean: "rollback --to 0",
  current: "status",
  deploy: "migrate",
  down: "rollback --steps 1",
  downgrade: "rollback",
  drift: "diff",
  drop: "rollback --to 0",
  dump: "diagram to see the schema, or pg_dump --schema-only for its SQL",
  generate: "create",
  heads: "status",
  history: "status",
  info: "status",
  init: "create",
  lint: "verify",
  new: "create",
  redo: "rollback --steps 1",
  repair: "verify ledger",
  reset: "rollback --to 0",
  resolve: "adopt",
  revert: "rollback --steps 1",
  revision: "create",
  stamp: "adopt",
  undo: "rollback --steps 1",
  up: "migrate",
  update: "migrate",
  upgrade: "migrate",
  validate: "verify",
  version: "--version",
};

function unknownCommand(name: string, program: Command): SocratesError {
  const names = program.commands.map((command) => command.name());
  const [here = ""] = Object.entries(otherWords).flatMap(([word, command]) =>
    word === name ? [command] : [],
  );
  // If a command of that name is added, commander finds it first.
  if (here !== "") return usage(`unknown command "${name}"`, `Use socrates-db ${here}.`);
  const near = nearest(name, names);
  return usage(
    `unknown command "${name}"`,
    near === undefined ? `The commands are: ${names.join(", ")}.` : `Did you mean ${near}?`,
  );
}

/** The first command with an option that was typed before any command. */
function ownerOf(option: string, program: Command): string | undefined {
  return program.commands.find(({ options }) => options.some(({ long }) => long === option))?.name();
}

/** commander's usage errors as errors of this program: a message and a hint. */
export function usageError(error: CommanderError, argv: readonly string[], program: Command): SocratesError {
  const [cause = "", suggestion = ""] = error.message.replace(/^error: /, "").split("\n");
  const quoted = /'([^']*)'/.exec(cause)?.[1] ?? "";
  switch (error.code) {
    case "commander.help":
      return unknownCommand(argv[1] ?? "", program);
    case "commander.unknownCommand":
      return unknownCommand(quoted, program);
    case "commander.unknownOption": {
      const near = /Did you mean (.*)\?/.exec(suggestion)?.[1];
      if (near !== undefined) return usage(cause, `Did you mean ${near}?`);
      const owner = ownerOf(quoted.replace(/=.*/, ""), program);
      const isBehind = argv.some((word) => program.commands.some((command) => command.name() === word));
      return usage(
        cause,
        owner === undefined || !isBehind
          ? readHelp
          : `Put it after the command: socrates-db ${owner} ${quoted}.`,
      );
    }
    default:
      return usage(cause, readHelp);
  }
}
