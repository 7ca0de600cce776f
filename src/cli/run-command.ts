import type { ExitCode } from "../errors.ts";
import { processIo } from "./io.ts";
import { main } from "./main.ts";

/**
 * Runs one command line on the streams of this process.
 * @param write puts a text on standard output
 * @returns the exit code
 */
export function runCommand(
  argv: readonly string[],
  write: (text: string) => Promise<void>,
): Promise<ExitCode> {
  return main(argv, processIo(write));
}
