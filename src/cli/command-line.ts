import { Command, Option } from "commander";
import { databases } from "../databases.ts";
import type { ExitCode } from "../errors.ts";
import { version } from "../version.ts";
import type { CommandDefinition } from "./commands/command.ts";
import { commands } from "./commands/index.ts";
import type { Io } from "./io.ts";

const description = `Owns the schema of one application in two PostgreSQL databases.

Without connection strings it works on embedded databases in .socrates-db/.`;

const epilogue = `
Environment:
${databases.map(({ urlVariable, name }) => `  ${urlVariable.padEnd(20)} connection string of ${name}`).join("\n")}
  PGPASSFILE, PGSSLMODE, … as in psql

Exit codes:
  0 clean   1 findings   2 could not run   3 a migration was refused or failed

Examples:
  $ socrates-db migrate --phase 3
  $ socrates-db status --check`;

/**
 * The command line, with nothing loaded yet that a command does not need: actions are imported when they run.
 * @param writeHelp takes what `--help` and `--version` print
 * @param onCommand is told of the command before it runs
 */
export function buildProgram(
  io: Io,
  setExitCode: (code: ExitCode) => void,
  writeHelp: (text: string) => void,
  onCommand: (command: CommandDefinition) => void = () => {},
): Command {
  const program = new Command("socrates-db")
    .description(description)
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .addHelpText("after", epilogue)
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({ writeOut: writeHelp, writeErr: () => {} });
  for (const { key, name, urlVariable } of databases)
    program.option(`--${key}-url <url>`, `connection string of ${name} (${urlVariable})`);
  program
    .option("--data-dir <dir>", "where the embedded databases live (default: .socrates-db)")
    .option(
      "--url <key=url>",
      "connection string of any database (repeatable)",
      (url: string, urls: string[] = []) => [...urls, url],
    )
    .option("--embedded", "use the embedded databases, whatever connection strings are set")
    .option("--role <name>", "role that every session on a server takes on, as with SET ROLE")
    .option("--config <file>", "config file (default: socrates-db.config.json here or in a folder above)")
    .option("--builtin", "use the migrations and the document that come with socrates-db")
    .option("--database <name>", `work on one database only: ${databases.map(({ key }) => key).join(" or ")}`)
    .option("--quiet", "no progress, only results and errors")
    .option("--verbose", "more detail, and the cause of errors")
    .addOption(new Option("--no-color", "no colours"));
  for (const definition of commands) {
    const { name, summary, examples, configure, action } = definition;
    const command = program.command(name).description(summary).exitOverride();
    configure(command);
    command.addHelpText(
      "after",
      `\nExamples:\n${examples.map((example) => `  $ socrates-db ${example}`).join("\n")}`,
    );
    command.action(async (...words: unknown[]) => {
      // commander passes the arguments, the command's options, and the command itself.
      const args = words.slice(0, -2).map((word) => (word === undefined ? undefined : String(word)));
      onCommand(definition);
      const run = await action();
      setExitCode(await run({ io, options: command.optsWithGlobals(), args, program }));
    });
  }
  return program;
}
