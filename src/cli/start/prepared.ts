import { fstatSync, readFileSync } from "node:fs";
import path from "node:path";
import { writeNow } from "./write.ts";

/** What the build puts beside the program: a file for each command line whose answer it knows already. */
const folder = path.join(import.meta.dirname, "answers");

/**
 * The answer to a command line, where it was prepared: help and the version. Nothing else is loaded
 * then. Help is laid out for 80 columns; on a terminal of another width it is laid out anew.
 */
function preparedAnswer(argv: readonly string[]): Buffer | undefined {
  // Every such line ends in one of few words, so that all others do not even look for a file.
  if (!/^(-h|--help|-V|--version)$/.test(argv.at(-1) ?? "")) return undefined;
  if (argv.length > 2 || !/^[a-z]*$/.test(argv.at(-2) ?? "")) return undefined;
  // Asking for the columns loads what a terminal needs, so a pipe or a file is not asked.
  if (fstatSync(1).isCharacterDevice() && process.stdout.isTTY === true && process.stdout.columns !== 80)
    return undefined;
  try {
    return readFileSync(path.join(folder, answerFile(argv)));
  } catch {
    return undefined;
  }
}

/** The name of the file with the answer to a command line. */
export function answerFile(argv: readonly string[]): string {
  return `${argv.join(" ")}.txt`;
}

/**
 * Writes the answer to a command line, where it was prepared.
 * @returns what standard output has not taken: nothing as a rule; undefined where no answer was prepared
 */
export function writePrepared(argv: readonly string[]): Buffer | undefined {
  const answer = preparedAnswer(argv);
  return answer && writeNow(answer);
}
