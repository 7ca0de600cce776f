import type { ExitCode } from "../errors.ts";
import { preparedAnswer } from "./prepared.ts";
import { expectFailures, write } from "./write.ts";

/** Runs the program on the streams of this process. @returns the exit code */
export async function run(argv: readonly string[]): Promise<ExitCode> {
  expectFailures();
  const answer = preparedAnswer(argv);
  if (answer !== undefined) {
    try {
      await write(answer);
      return 0;
    } catch {
      // What cannot be written is said in the way of all commands.
    }
  }
  const { runCommand } = await import("./run-command.ts");
  return runCommand(argv, write);
}
