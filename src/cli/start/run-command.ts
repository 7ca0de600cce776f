import { type ExitCode, SocratesError } from "../../errors.ts";
import { processIo } from "../io.ts";
import { main, reportFailure } from "../main.ts";

type Write = (text: string) => Promise<void>;

/** Whether anything was written to stdout: a second document after it would be invalid. */
let hasWritten = false;

/** @throws SocratesError `folder-missing` if another program has removed it */
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
 * @param write writes a text to stdout
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

/** Reports an error that nothing has caught as an error of this program. @returns the exit code */
export async function reportUncaught(
  error: unknown,
  argv: readonly string[],
  write: Write,
): Promise<ExitCode> {
  return reportFailure(error, argv, processIo(hasWritten ? async () => {} : write, ""));
}
