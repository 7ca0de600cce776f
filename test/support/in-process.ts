import { dataText, type Io, messageLine } from "../../src/cli/io.ts";
import { main } from "../../src/cli/main.ts";
import { redact } from "../../src/config/redact.ts";
import type { CliResult } from "./cli.ts";

let running = false;

/** Whether a command may run here: one at a time, as the process has one working directory. */
export function isFree(): boolean {
  return !running;
}

/**
 * Runs a command line inside this process, without the cost of a process. Everything is real except the streams, the
 * process's exit, and the file in bin; tests of these start the program.
 */
export async function runHere(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<CliResult> {
  running = true;
  const before = process.cwd();
  const title = process.title;
  process.chdir(cwd);
  const secrets: string[] = [];
  let stdout = "";
  let stderr = "";
  const streams = { env, stderrIsTerminal: false, stdoutIsTerminal: false };
  const io: Io = {
    ...streams,
    cwd,
    stderrColumns: undefined,
    columns: undefined,
    out: async (text, exact) => {
      stdout += dataText(text, streams, exact);
    },
    err: (line) => {
      stderr += messageLine(line, streams, secrets);
    },
    confirm: async () => undefined,
    clean: (text) => redact(text, secrets),
    hide: (more) => void secrets.push(...more),
  };
  try {
    return { exitCode: await main(args, io), stdout, stderr };
  } finally {
    process.chdir(before);
    process.title = title;
    running = false;
  }
}
