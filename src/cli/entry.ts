import type { ExitCode } from "../errors.ts";
import { processIo } from "./io.ts";
import { preparedAnswer } from "./prepared.ts";

/** Runs the program on the streams of this process. @returns the exit code */
export async function run(argv: readonly string[]): Promise<ExitCode> {
  const io = processIo();
  const answer = preparedAnswer(argv, io);
  if (answer !== undefined) {
    try {
      await io.out(answer);
      return 0;
    } catch {
      // What cannot be written is said in the way of all commands.
    }
  }
  const { main } = await import("./main.ts");
  return main(argv, io);
}
