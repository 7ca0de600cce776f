import { fstatSync, readFileSync } from "node:fs";
import path from "node:path";
import { findConfigFile } from "../../config/find-config.ts";
import { writeNow } from "./write.ts";

/** The build writes a file for each command line with a known answer. */
const folder = path.join(import.meta.dirname, "answers");

/**
 * The prepared answer to a command line: help and the version. Nothing else is loaded then. Help is laid out for 80
 * columns and the default databases; for a terminal of another width, or with a config file, it is not used.
 */
function preparedAnswer(argv: readonly string[]): Buffer | undefined {
  // Every such command line ends in one of a few words, so that all others skip the file access.
  if (!/^(-h|--help|-V|--version)$/.test(argv.at(-1) ?? "")) return undefined;
  if (argv.length > 2 || !/^[a-z]*$/.test(argv.at(-2) ?? "")) return undefined;
  // Reading the columns loads a terminal module, so it is skipped for pipes and files.
  if (fstatSync(1).isCharacterDevice() && process.stdout.isTTY === true && process.stdout.columns !== 80)
    return undefined;
  try {
    // A config file may name other databases, which help then shows.
    if (/^(-h|--help)$/.test(argv.at(-1) ?? "") && findConfigFile(process.cwd(), undefined) !== undefined)
      return undefined;
    return readFileSync(path.join(folder, answerFile(argv)));
  } catch {
    return undefined;
  }
}

/** The file name of the answer to a command line. */
export function answerFile(argv: readonly string[]): string {
  return `${argv.join(" ")}.txt`;
}

/**
 * Writes the prepared answer to a command line, if there is one.
 * @returns the rest that stdout has not accepted, usually empty; undefined without a prepared answer
 */
export function writePrepared(argv: readonly string[]): Buffer | undefined {
  const answer = preparedAnswer(argv);
  return answer && writeNow(answer);
}
