import type { ExitCode } from "../../errors.ts";
import type { LoadedProgram } from "./load-program.ts";
import { writePrepared } from "./prepared.ts";
import { expectFailures, write } from "./write.ts";

/** @see `load-program.ts`, which is not loaded for prepared answers */
export async function loadProgram(purpose: string): Promise<LoadedProgram> {
  return (await import("./load-program.ts")).loadProgram(purpose);
}

/** Runs the program on the streams of this process. @returns the exit code */
export async function run(argv: readonly string[]): Promise<ExitCode> {
  const unwritten = writePrepared(argv);
  if (unwritten?.length === 0) return 0;
  expectFailures();
  if (unwritten !== undefined) {
    try {
      await write(unwritten);
      return 0;
    } catch {
      // Write errors are reported as for all commands.
    }
  }
  const command = argv.find((word) => /^[a-z]+$/.test(word)) ?? "none";
  const { runCommand, cacheCode } = await loadProgram(command);
  const exitCode = await runCommand(argv, write);
  // A command that could not run has called too few functions to cache their bytecode.
  if (exitCode < 2) cacheCode();
  return exitCode;
}

/** Reports an error that nothing has caught. @returns the exit code */
export async function fail(error: unknown, argv: readonly string[]): Promise<ExitCode> {
  expectFailures();
  return (await loadProgram("none")).reportUncaught(error, argv, write);
}
