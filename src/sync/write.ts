import {
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import type { DocumentText } from "../document/files.ts";
import { SocratesError } from "../errors.ts";

const mark = Buffer.from([0xef, 0xbb, 0xbf]);

/** The byte order mark of a file, which its text leaves out. */
function markOf(file: string): Buffer {
  return readFileSync(file).subarray(0, mark.length).equals(mark) ? mark : Buffer.alloc(0);
}

/**
 * Writes the files of a document: each is complete before it replaces the old one.
 * @throws SocratesError `output-failed`
 */
export function writeTexts(files: readonly DocumentText[]): void {
  const ready: { readonly from: string; readonly to: string }[] = [];
  try {
    for (const { path: file, text } of files) {
      const to = existsSync(file) ? realpathSync(file) : file;
      const from = `${to}.${process.pid}.new`;
      ready.push({ from, to });
      const isThere = existsSync(to);
      const bytes = Buffer.concat([isThere ? markOf(to) : Buffer.alloc(0), Buffer.from(text)]);
      writeFileSync(from, bytes, { flag: "wx", ...(isThere && { mode: statSync(to).mode }) });
    }
    for (const { from, to } of ready) renameSync(from, to);
  } catch (cause) {
    for (const { from } of ready) if (existsSync(from)) unlinkSync(from);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SocratesError("output-failed", `the document cannot be written: ${reason}`, {
      hint: "Check the permissions and the disk, then run the command again.",
      cause,
    });
  }
}
