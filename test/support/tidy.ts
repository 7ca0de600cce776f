import type { CliResult } from "./cli.ts";

/** What no output contains: a stack, or Node's messages about uncaught errors. Debugging prints its own. */
const uncaught = /^\s+at .*:\d+|unexpected error|Unhandled|Uncaught|UNHANDLED/m;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** How a command of the tests ended badly, as none may; undefined if it did not. */
function untidiness(args: readonly string[], { exitCode, stdout, stderr }: CliResult): string | undefined {
  if (!args.includes("--verbose") && uncaught.test(stderr)) return "something uncaught";
  if (args.includes("json") && stdout !== "" && !isJson(stdout)) return "half a document on standard output";
  if (exitCode !== 2 && exitCode !== 3) return undefined;
  const lines = (start: RegExp) => (stderr.match(start) ?? []).length;
  if (lines(/^error: ./gm) !== 1 || lines(/^hint: ./gm) !== 1) return "not one line of cause and one of hint";
  return undefined;
}

/**
 * Invariants X and O, which every command of every test must satisfy: a failure has one cause and one hint, nothing
 * is uncaught, and JSON output is complete.
 * @throws Error
 */
export function refuseUntidy(args: readonly string[], result: CliResult): void {
  const what = untidiness(args, result);
  if (what === undefined) return;
  throw new Error(
    `socrates-db ${args.join(" ")} has ended with ${result.exitCode} and ${what}:\n${result.stdout}\n${result.stderr}`,
  );
}
