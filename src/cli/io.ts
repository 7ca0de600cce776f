import { redact } from "../config/redact.ts";
import { SocratesError } from "../errors.ts";

/** The outside world of one run of the program. All messages pass here, so that no secret is written. */
export interface Io {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Whether standard error is a terminal: colour is for people only. */
  readonly stderrIsTerminal: boolean;
  /** Whether lines on it can be drawn anew. Some terminals have no width, as of `script` and `docker run -t` at its start. */
  readonly stderrRedraws: boolean;
  readonly stdoutIsTerminal: boolean;
  /** Columns of the terminal on standard output, undefined where it is none, or has none. */
  readonly columns: number | undefined;
  /** Data, to standard output, as it is. @throws SocratesError `output-failed` where it cannot be written */
  out(text: string): Promise<void>;
  /** Everything else, to standard error, without secrets. */
  err(line: string): void;
  /** Asks a person on the terminal; undefined where there is none to ask. */
  confirm(question: string): Promise<boolean | undefined>;
  /** Text without secrets, for messages that go to standard output. */
  clean(text: string): string;
  /** Adds passwords that no output may hold from now on. */
  hide(secrets: readonly string[]): void;
}

function reason(cause: Error): string {
  return "code" in cause && cause.code === "EPIPE" ? "its reader has gone away" : cause.message;
}

async function ask(question: string): Promise<boolean | undefined> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return undefined;
  const { createInterface } = await import("node:readline/promises");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

/** The streams of this process; `write` puts a text on standard output. */
export function processIo(write: (text: string) => Promise<void>, cwd: string): Io {
  const secrets: string[] = [];
  return {
    env: process.env,
    cwd,
    stderrIsTerminal: process.stderr.isTTY === true,
    stderrRedraws: process.stderr.isTTY === true && process.stderr.columns > 0,
    stdoutIsTerminal: process.stdout.isTTY === true,
    columns: process.stdout.columns || undefined,
    out: async (text) => {
      try {
        await write(text);
      } catch (cause) {
        if (!(cause instanceof Error)) throw cause;
        throw new SocratesError("output-failed", `standard output cannot be written: ${reason(cause)}`, {
          hint: "Check the disk, or the program that reads the output.",
          cause,
        });
      }
    },
    err: (line) => void process.stderr.write(`${redact(line, secrets)}\n`),
    confirm: ask,
    clean: (text) => redact(text, secrets),
    hide: (more) => void secrets.push(...more),
  };
}
