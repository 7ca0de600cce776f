import { type ExitCode, SocratesError } from "../../errors.ts";
import { processIo } from "../io.ts";
import { main, reportFailure } from "../main.ts";

type Write = (text: string) => Promise<void>;

/** Whether anything is on standard output: a second document behind it would spoil the first. */
let hasWritten = false;

/** @throws SocratesError `folder-missing` where another program has removed it */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new SocratesError("folder-missing", "the working directory no longer exists", {
      hint: "Change to a folder that exists, for example with: cd",
      cause,
    });
  }
}

/**
 * Runs one command line on the streams of this process.
 * @param write puts a text on standard output
 * @returns the exit code
 */
export async function runCommand(argv: readonly string[], write: Write): Promise<ExitCode> {
  try {
    const noted: Write = (text) => {
      hasWritten = true;
      return write(text);
    };
    return await main(argv, processIo(noted, workingDirectory()));
  } catch (error) {
    return reportUncaught(error, argv, write);
  }
}

/** Says what nobody has caught, as an error of this program. @returns the exit code */
export async function reportUncaught(
  error: unknown,
  argv: readonly string[],
  write: Write,
): Promise<ExitCode> {
  return reportFailure(error, argv, processIo(hasWritten ? async () => {} : write, ""));
}
