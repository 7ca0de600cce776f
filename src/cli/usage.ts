import type { Command, CommanderError } from "commander";
import { SocratesError } from "../errors.ts";
import { nearest } from "../nearest.ts";

const readHelp = "Run socrates-db --help, or socrates-db <command> --help.";

function usage(message: string, hint: string): SocratesError {
  return new SocratesError("usage", message, { hint });
}

function unknownCommand(name: string, program: Command): SocratesError {
  const names = program.commands.map((command) => command.name());
  const near = nearest(name, names);
  return usage(
    `there is no command "${name}"`,
    near === undefined ? `The commands are: ${names.join(", ")}.` : `Did you mean ${near}?`,
  );
}

/** The first command that has an option which was written before any command. */
function ownerOf(option: string, program: Command): string | undefined {
  return program.commands.find(({ options }) => options.some(({ long }) => long === option))?.name();
}

/** What commander says of a command line, as an error of ours: one line of cause, one of hint. */
export function usageError(error: CommanderError, argv: readonly string[], program: Command): SocratesError {
  const [cause = "", suggestion = ""] = error.message.replace(/^error: /, "").split("\n");
  const quoted = /'([^']*)'/.exec(cause)?.[1] ?? "";
  switch (error.code) {
    case "commander.help":
      return argv[0] === "help" && argv[1] !== undefined
        ? unknownCommand(argv[1], program)
        : usage("no command was given", readHelp);
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
          : `Write it behind its command: socrates-db ${owner} ${quoted}.`,
      );
    }
    default:
      return usage(cause, readHelp);
  }
}
