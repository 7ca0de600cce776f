import { type Command, CommanderError } from "commander";
import { secretsOfArguments } from "../config/argument-secrets.ts";
import { findConfig } from "../config/found-config.ts";
import { databases, type NamedDatabase } from "../databases.ts";
import { type ExitCode, SocratesError } from "../errors.ts";
import { errorJson, errorLines } from "../report/error.ts";
import { visibleLines } from "../report/visible.ts";
import { secretsOfSql } from "../sql/secrets.ts";
import { usageError } from "./arguments/usage.ts";
import { colorOn } from "./color.ts";
import { buildProgram } from "./command-line.ts";
import type { Io } from "./io.ts";

/** The typed values of an option, for a command line that may not have been parsed. */
function typedValues(argv: readonly string[], option: string): string[] {
  return argv.flatMap((word, i) =>
    word === option
      ? (argv[i + 1] ?? [])
      : word.startsWith(`${option}=`)
        ? word.slice(option.length + 1)
        : [],
  );
}

/** Reports a failure in the requested format, so that no program reads an empty or broken file. */
async function reportInFormats(error: SocratesError, argv: readonly string[], io: Io): Promise<void> {
  const [format = "text"] = typedValues(argv, "--format").slice(-1);
  const outputs = typedValues(argv, "--output");
  if (format === "json") await io.out(errorJson(error, io.clean)).catch(() => {});
  if (outputs.length === 0 && (format === "json" || format === "text")) return;
  const { failureReports } = await import("./failure-reports.ts");
  await failureReports(error, argv[0] ?? "", { format, outputs }, io).catch(() => {});
}

/** Whether text on stderr may be coloured. */
export function colorAllowed(io: Io, argv: readonly string[]): boolean {
  return colorOn(io.stderrIsTerminal, io.env, argv.includes("--no-color"));
}

/** A stack, by its lines. */
function writeStack(io: Io, error: Error): void {
  for (const line of visibleLines(io.clean(error.stack ?? error.message))) io.err(line);
}

/** Unexpected errors; the stack of the cause is needed to find the bug. */
function unexpected(error: unknown): SocratesError {
  const cause = error instanceof Error ? error : new Error(String(error));
  return new SocratesError("unexpected", `unexpected error: ${cause.message || cause.name}`, {
    hint: "This is a bug in socrates-db: run the command again with --verbose and report its output.",
    cause,
  });
}

/**
 * Reports what ended a command, as text and if requested as JSON: errors of this program, of the command line, and
 * unexpected ones.
 * @returns the exit code
 */
export async function reportFailure(
  error: unknown,
  argv: readonly string[],
  io: Io,
  program?: Command,
): Promise<ExitCode> {
  const known =
    error instanceof CommanderError && program !== undefined
      ? usageError(error, argv, program)
      : error instanceof SocratesError
        ? error
        : unexpected(error);
  io.hide(secretsOfArguments(argv));
  if (known.cause instanceof Error && "query" in known.cause)
    io.hide(secretsOfSql(String(known.cause.query)));
  await reportInFormats(known, argv, io);
  for (const line of errorLines(known, colorAllowed(io, argv), io.stderrColumns, io.clean)) io.err(line);
  if (argv.includes("--verbose") && known.cause instanceof Error) writeStack(io, known.cause);
  return known.exitCode;
}

/** Parses and runs. The output of `--help` and `--version` is written like data, so that a full disk is noticed. */
async function run(
  program: Command,
  argv: readonly string[],
  io: Io,
  help: readonly string[],
): Promise<void> {
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Without a command, print help.
    if (error.code === "commander.help" && argv[0] !== "help") program.outputHelp();
    else if (error.exitCode !== 0) throw error;
    await io.out(help.join(""));
  }
}

/** The databases whose options a command line may have; the default ones if the config file cannot be read. */
async function findDatabases(
  argv: readonly string[],
  cwd: string,
): Promise<{ readonly databases: readonly NamedDatabase[]; readonly failure?: SocratesError }> {
  try {
    return await findConfig(typedValues(argv, "--config").at(-1), cwd);
  } catch (failure) {
    if (!(failure instanceof SocratesError)) throw failure;
    return { databases, failure };
  }
}

/**
 * Runs one command line. The only place that turns errors into text and exit codes.
 * @param argv the arguments after the program's name
 */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const setExitCode = (code: ExitCode) => {
    exitCode = code;
  };
  const secrets = secretsOfArguments(argv);
  io.hide(secrets);
  // Replaces the command line in the process list, which other users can see.
  if (secrets.length > 0) process.title = "socrates-db";
  const help: string[] = [];
  let migrates = false;
  const found = await findDatabases(argv, io.cwd);
  const program = buildProgram(
    io,
    found.databases,
    setExitCode,
    (text) => void help.push(text),
    (command) => {
      migrates = command.migrates === true;
    },
  );
  try {
    await run(program, argv, io, help);
    return exitCode;
  } catch (error) {
    // Options of databases are unknown where the config file cannot be read.
    const cause = error instanceof CommanderError ? (found.failure ?? error) : error;
    const code = await reportFailure(cause, argv, io, program);
    // A command that does not migrate cannot refuse a migration: it could not run.
    return code === 3 && !migrates ? 2 : code;
  }
}
