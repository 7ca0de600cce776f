import { Command, Option } from "commander";
import type { NamedDatabase } from "../databases.ts";
import { type ExitCode, SocratesError } from "../errors.ts";
import { version } from "../version.ts";
import { allGlobalOptions } from "./arguments/global-options.ts";
import { type CommandOption, keyOfOption, longName } from "./arguments/option.ts";
import type { CommandDefinition, Invocation } from "./commands/command.ts";
import { commandsFor } from "./commands/index.ts";
import type { Io } from "./io.ts";

const description = `Manages the schema of one application in its PostgreSQL databases.

Without connection strings it uses embedded databases in .socrates-db/.`;

const epilogue = (databases: readonly NamedDatabase[]) => `
Environment:
${databases.map(({ urlVariable, name }) => `  ${urlVariable.padEnd(20)} connection string of ${name}`).join("\n")}
  PGPASSFILE, PGSSLMODE, … as in psql

Exit codes:
  0 clean   1 findings   2 could not run   3 a migration was refused or failed

Examples:
  $ socrates-db migrate --phase 3
  $ socrates-db status --check`;

function addOption(command: Command, option: CommandOption<unknown>): void {
  const { flags, summary, byDefault, isRepeated } = option;
  const help = byDefault === undefined ? summary : `${summary} (default: ${byDefault})`;
  const added = new Option(flags, help);
  if (isRepeated) added.argParser((value: string, earlier: string[] = []) => [...earlier, value]);
  command.addOption(added);
}

/**
 * Reads all options of an invocation, so that an invalid one is refused before anything else happens.
 * @returns a function for the value of each
 * @throws SocratesError `usage`
 */
function checkedOptions(
  { options, exclusive = [] }: CommandDefinition,
  globals: readonly CommandOption<unknown>[],
  values: Readonly<Record<string, unknown>>,
): Invocation["given"] {
  const raw = (option: CommandOption<unknown>) => values[keyOfOption(option)];
  for (const option of [...globals, ...Object.values(options)]) option.read(raw(option));
  for (const group of exclusive) {
    const given = group.filter((option) => raw(option) !== undefined);
    if (given.length > 1)
      throw new SocratesError("usage", `${given.map(longName).join(" and ")} exclude each other`, {
        hint: "Use one of them.",
      });
  }
  return (option) => option.read(raw(option));
}

/**
 * The command line. Actions are imported when they run, so nothing is loaded that a command does not need.
 * @param databases of the project
 * @param writeHelp receives the output of `--help` and `--version`
 * @param onCommand is called with the command before it runs
 */
export function buildProgram(
  io: Io,
  databases: readonly NamedDatabase[],
  setExitCode: (code: ExitCode) => void,
  writeHelp: (text: string) => void,
  onCommand: (command: CommandDefinition) => void = () => {},
): Command {
  const program = new Command("socrates-db")
    .description(description)
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .addHelpText("after", epilogue(databases))
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({ writeOut: writeHelp, writeErr: () => {} });
  const globals = allGlobalOptions(databases);
  for (const option of globals) addOption(program, option);
  for (const definition of commandsFor(databases)) {
    const { name, summary, examples, notes } = definition;
    const command = program.command(name).description(summary).exitOverride();
    for (const option of Object.values(definition.options)) addOption(command, option);
    if (notes !== undefined) command.addHelpText("after", notes);
    command.addHelpText(
      "after",
      `\nExamples:\n${examples.map((example) => `  $ socrates-db ${example}`).join("\n")}`,
    );
    command.action(async (...words: unknown[]) => {
      // commander passes the arguments, the command's options, and the command itself.
      const args = words
        .slice(0, -2)
        .flat()
        .map((word) => (word === undefined ? undefined : String(word)));
      onCommand(definition);
      const given = checkedOptions(definition, globals, command.optsWithGlobals());
      const run = await definition.action();
      setExitCode(await run({ io, databases, given, args }));
    });
  }
  return program;
}
