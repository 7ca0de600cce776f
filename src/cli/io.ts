import { redact } from "../config/redact.ts";
import { SocratesError } from "../errors.ts";
import { guarded, visible } from "../report/visible.ts";
import { colorOn } from "./color.ts";

/** Input and output of one run. All messages pass here, so that no secret is written. */
export interface Io {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Whether stderr is a terminal: colour is for people only. */
  readonly stderrIsTerminal: boolean;
  /**
   * Columns of the terminal on stderr, where lines can be redrawn. Undefined without a terminal, and for a terminal
   * of unknown width, such as that of `script` or of `docker run -t` at its start.
   */
  readonly stderrColumns: number | undefined;
  readonly stdoutIsTerminal: boolean;
  /** Columns of the terminal on stdout. Undefined without a terminal, and for one of unknown width. */
  readonly columns: number | undefined;
  /**
   * Writes lines of data to stdout; only colours remain of terminal escapes.
   * @param exact for SQL, which a program reads unchanged; on a terminal it is also escaped
   * @throws SocratesError `output-failed` if it cannot be written
   */
  out(text: string, exact?: "exact"): Promise<void>;
  /** Writes everything else to stderr, without secrets: one line per message. */
  err(line: string): void;
  /** Asks the user on the terminal; undefined without one. */
  confirm(question: string): Promise<boolean | undefined>;
  /** Text without secrets, for messages on stdout. */
  clean(text: string): string;
  /** Registers passwords that no output may contain. */
  hide(secrets: readonly string[]): void;
}

function reason(cause: Error): string {
  return "code" in cause && cause.code === "EPIPE" ? "its reader has closed it" : cause.message;
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

/** Writes data. */
export function dataText(text: string, io: Pick<Io, "env" | "stdoutIsTerminal">, exact?: "exact"): string {
  const { env, stdoutIsTerminal } = io;
  if (exact === undefined) return guarded(text, colorOn(stdoutIsTerminal, env));
  return stdoutIsTerminal ? guarded(text, false) : text;
}

/** A line for stderr: without secrets and line breaks. */
export function messageLine(
  line: string,
  io: Pick<Io, "env" | "stderrIsTerminal">,
  secrets: readonly string[],
): string {
  const flat = redact(line, secrets).replace(/[\r\n]/g, visible);
  return `${guarded(flat, colorOn(io.stderrIsTerminal, io.env))}\n`;
}

/** The streams of this process; `write` writes a text to stdout. */
export function processIo(write: (text: string) => Promise<void>, cwd: string): Io {
  const secrets: string[] = [];
  const streams = {
    env: process.env,
    stderrIsTerminal: process.stderr.isTTY === true,
    stdoutIsTerminal: process.stdout.isTTY === true,
  };
  return {
    ...streams,
    cwd,
    stderrColumns: (process.stderr.isTTY === true && process.stderr.columns) || undefined,
    columns: process.stdout.columns || undefined,
    out: async (text, exact) => {
      try {
        await write(dataText(text, streams, exact));
      } catch (cause) {
        if (!(cause instanceof Error)) throw cause;
        throw new SocratesError("output-failed", `standard output cannot be written: ${reason(cause)}`, {
          hint: "Check the disk, or the program that reads the output.",
          cause,
        });
      }
    },
    err: (line) => void process.stderr.write(messageLine(line, streams, secrets)),
    confirm: ask,
    clean: (text) => redact(text, secrets),
    hide: (more) => void secrets.push(...more),
  };
}
