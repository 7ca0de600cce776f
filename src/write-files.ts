import { closeSync, existsSync, mkdirSync, openSync, rmdirSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { SocratesError } from "./errors.ts";

/** A file to write. */
export interface NewFile {
  /** Absolute path. */
  readonly path: string;
  readonly text: string;
}

/** A folder with its parents that do not exist yet, the outermost first. */
function missingFolders(folder: string): string[] {
  return existsSync(folder) ? [] : [...missingFolders(path.dirname(folder)), folder];
}

/**
 * Writes all files or none: after a failure, what was written is removed. Never overwrites a file.
 * @throws SocratesError `output-failed`
 */
export function writeAll(files: readonly NewFile[]): void {
  const written: string[] = [];
  const made: string[] = [];
  try {
    for (const { path: file, text } of files) {
      for (const folder of missingFolders(path.dirname(file))) {
        mkdirSync(folder);
        made.push(folder);
      }
      const descriptor = openSync(file, "wx");
      written.push(file);
      try {
        writeFileSync(descriptor, text);
      } finally {
        closeSync(descriptor);
      }
    }
  } catch (cause) {
    for (const file of written.reverse()) unlinkSync(file);
    for (const folder of made.reverse()) rmdirSync(folder);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SocratesError("output-failed", `the files cannot be written: ${reason}`, {
      hint: "Nothing was written. Check the permissions and the disk, then run the command again.",
      cause,
    });
  }
}
