import { expect } from "vitest";
import { type ErrorCode, errorCodes } from "../../src/errors.ts";
import { visible } from "../../src/report/visible.ts";
import type { CliOptions, CliResult } from "./cli.ts";
import { password } from "./lanes/lane.ts";

/** The output of a refused command: its error code and the text from `error:`. */
export interface Refusal {
  readonly code: string;
  readonly text: string;
}

interface Runner {
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>;
}

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length;
}

/** Lines of a run that may precede the error: where the databases are, warnings, progress. */
const beforeError = /^(using the embedded databases |warning: |[a-z_]+ {2,}\S)/;

/**
 * Runs a command that must be refused, and checks every refusal: a cause and a hint on stderr, the same as JSON on
 * stdout, the exit code of the error code, no stack, and no password.
 */
export async function refusal(
  place: Runner,
  args: readonly string[],
  options: CliOptions = {},
): Promise<Refusal> {
  const { exitCode, stdout, stderr } = await place.run([...args, "--format", "json"], options);
  const report = JSON.parse(stdout || `{"no JSON on stdout":${JSON.stringify(stderr)}}`);
  const { applied, rolledBack, ...rest } = report;
  expect(rest).toEqual({ schemaVersion: 1, error: expect.anything() });
  const { code, message, hint } = report.error;
  expect(Object.keys(errorCodes)).toContain(code);
  const migrates = args.some((word) => /^(migrate|rollback|adopt)$/.test(word));
  expect(exitCode).toBe(migrates ? errorCodes[code as ErrorCode] : 2);
  expect({ causes: count(stderr, /^error: /gm), hints: count(stderr, /^hint: ./gm) }).toEqual({
    causes: 1,
    hints: 1,
  });
  const start = stderr.search(/^error: /m);
  const before = stderr
    .slice(0, start)
    .split("\n")
    .filter((line) => line !== "");
  expect(before.filter((line) => !beforeError.test(line))).toEqual([]);
  expect(stderr).toMatch(/\nhint: .+\n$/);
  const oneLine = (text: string) => visible(text.replace(/\s+/g, " ").trim());
  expect(stderr).toContain(`error: ${oneLine(message)}\n`);
  expect(stderr).toContain(`\nhint: ${oneLine(hint)}\n`);
  expect(`${stdout}${stderr}`).not.toContain(password);
  expect(stderr).not.toMatch(/^\s+at .*:\d+/m);
  return { code, text: stderr.slice(start).trimEnd() };
}
