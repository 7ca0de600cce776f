import { readFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../config/package-root.ts";
import type { Io } from "./io.ts";

/** What command lines print whose answer the build knows already, by their words: help, the version, completion scripts. */
export type PreparedAnswers = Readonly<Record<string, string>>;

/** Where the build keeps them. */
export function answersFile(): string {
  return path.join(packageRoot(), "dist", "answers.json");
}

function isAnswers(value: unknown): value is PreparedAnswers {
  return typeof value === "object" && value !== null;
}

/**
 * The answer to a command line, where it was prepared: nothing is loaded then that parses command lines. Help is laid out
 * for 80 columns; on a terminal of another width it is laid out anew.
 */
export function preparedAnswer(
  argv: readonly string[],
  { columns, stdoutIsTerminal }: Io,
): string | undefined {
  // Every such line ends in one of few words, so that all others do not even read the file.
  if (!/^(-h|--help|-V|--version|bash|zsh|fish)$/.test(argv.at(-1) ?? "")) return undefined;
  if (stdoutIsTerminal && columns !== 80) return undefined;
  try {
    const answers: unknown = JSON.parse(readFileSync(answersFile(), "utf8"));
    return isAnswers(answers) ? answers[argv.join(" ")] : undefined;
  } catch {
    return undefined;
  }
}
