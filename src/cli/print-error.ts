import type { ExitCode, SocratesError } from "../errors.ts";
import { errorLines } from "../report/error.ts";
import { globalOptions } from "./arguments/global-options.ts";
import { colorOn } from "./color.ts";
import type { Invocation } from "./commands/command.ts";

/** Prints the error of a command whose report is already on stdout. @returns its exit code */
export function printError({ io, given }: Invocation, error: SocratesError): ExitCode {
  const color = colorOn(io.stderrIsTerminal, io.env, !given(globalOptions.color));
  for (const line of errorLines(error, color, io.stderrColumns, io.clean)) io.err(line);
  return error.exitCode;
}
