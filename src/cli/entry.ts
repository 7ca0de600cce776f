import type { ExitCode } from "../errors.ts";
import { processIo } from "./io.ts";
import { main } from "./main.ts";

/** Runs the program on the streams of this process. @returns the exit code */
export function run(argv: readonly string[]): Promise<ExitCode> {
  return main(argv, processIo());
}
