import { CommanderError } from "commander";
import { type ExitCode, SocratesError } from "../errors.ts";
import { errorJson, errorText } from "../report/error.ts";
import type { Io } from "./io.ts";
import { buildProgram } from "./program.ts";

function wantsJson(argv: readonly string[]): boolean {
  return argv.some((word, i) => word === "--format=json" || (word === "--format" && argv[i + 1] === "json"));
}

/** Whether text on standard error may be coloured (https://no-color.org). */
export function colorAllowed(io: Io, argv: readonly string[]): boolean {
  return io.stderrIsTerminal && !io.env["NO_COLOR"] && !argv.includes("--no-color");
}

/** What commander says of a command line, as an error of ours. */
function usageError(error: CommanderError): SocratesError {
  const [cause = "", suggestion] = error.message.split("\n");
  const near = /Did you mean (.*)\?/.exec(suggestion ?? "")?.[1];
  return new SocratesError("usage", cause.replace(/^error: /, ""), {
    hint:
      near === undefined
        ? "Run socrates-db --help, or socrates-db <command> --help."
        : `Did you mean ${near}?`,
  });
}

/** Errors that nobody expected keep their stack: it is all there is to find the fault with. */
function asError(error: unknown): SocratesError | undefined {
  if (error instanceof SocratesError) return error;
  return error instanceof CommanderError ? usageError(error) : undefined;
}

/**
 * Runs one command line. The only place that turns errors into text and exit codes.
 * @param argv the words behind the program's name
 */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const setExitCode = (code: ExitCode) => {
    exitCode = code;
  };
  try {
    await buildProgram(io, setExitCode).parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const known = asError(error);
    if (known === undefined) {
      io.err(`unexpected error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return 2;
    }
    if (wantsJson(argv)) await io.out(errorJson(known, io.clean)).catch(() => {});
    io.err(errorText(known, colorAllowed(io, argv)));
    if (argv.includes("--verbose") && known.cause instanceof Error)
      io.err(known.cause.stack ?? known.cause.message);
    return known.exitCode;
  }
}
