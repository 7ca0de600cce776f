import { readFileSync } from "node:fs";

/** What command lines print whose answer the build knows already, by their words: help, the version, completion scripts. */
export type PreparedAnswers = Readonly<Record<string, string>>;

function isAnswers(value: unknown): value is PreparedAnswers {
  return typeof value === "object" && value !== null;
}

/**
 * The answer to a command line, where it was prepared: nothing else is loaded then. Help is laid out for 80 columns; on a
 * terminal of another width it is laid out anew.
 */
export function preparedAnswer(argv: readonly string[]): string | undefined {
  // Every such line ends in one of few words, so that all others do not even read the file.
  if (!/^(-h|--help|-V|--version|bash|zsh|fish)$/.test(argv.at(-1) ?? "")) return undefined;
  if (process.stdout.isTTY === true && process.stdout.columns !== 80) return undefined;
  try {
    // The build puts it beside the program.
    const answers: unknown = JSON.parse(readFileSync(new URL("answers.json", import.meta.url), "utf8"));
    return isAnswers(answers) ? answers[argv.join(" ")] : undefined;
  } catch {
    return undefined;
  }
}
