import type { DocumentedSchema } from "../document/model.ts";
import { checkClaims, type DocumentedSchemas } from "../verify/document.ts";
import { type FileEdit, linesOf } from "./file-edits.ts";

/** A count of indexes that the document states and that is corrected. */
export interface CountEdit {
  readonly edit: FileEdit;
  readonly line: number;
  readonly text: string;
  readonly counted: number;
}

/** The number and the word after it, whatever markup is between them. */
const countPattern = /(:[\s*_`]*)(\d+)([\s*_`]+)(index(?:es)?)\b/i;

/** The edits that correct the counts of a document. @param texts of its files */
export function countEdits(
  document: DocumentedSchema,
  schemas: DocumentedSchemas,
  texts: readonly string[],
): CountEdit[] {
  return checkClaims(document, schemas).flatMap(({ claim, counted }): CountEdit[] => {
    if (claim.claimed === counted) return [];
    const file = document.files.indexOf(claim.location.file);
    const line = linesOf(texts[file] ?? "")[claim.location.line - 1];
    const found = line === undefined ? null : countPattern.exec(line.text);
    if (line === undefined || found === null) return [];
    const [whole, before = "", , gap = "", word = ""] = found;
    const noun = word.slice(0, "index".length) + (counted === 1 ? "" : "es");
    const text = `${before}${counted}${gap}${noun}`;
    const from = line.start + found.index;
    return [
      {
        edit: { file, from, to: from + whole.length, text },
        line: claim.location.line,
        text: claim.text,
        counted,
      },
    ];
  });
}
