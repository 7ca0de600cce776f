import { readFileSync, statSync } from "node:fs";
import { SocratesError } from "../errors.ts";
import { displayPath, flawOfText } from "../sql/source-file.ts";

/** Larger documents are not read: parsing takes memory and time in proportion. */
export const maximumDocumentSize = 8 * 1024 * 1024;

/**
 * Reads the text of a document's file, without a byte order mark, and its display name.
 * @throws SocratesError `document-invalid` if it is missing or larger than 8 MiB
 */
export function documentText(file: string): { readonly text: string; readonly name: string } {
  const name = displayPath(file);
  const invalid = (message: string, hint: string, cause?: unknown) =>
    new SocratesError("document-invalid", `${name} ${message}`, { hint, cause });
  try {
    const { size } = statSync(file);
    if (size > maximumDocumentSize)
      throw invalid(
        `has ${size} bytes, more than the ${maximumDocumentSize} that a document may have`,
        "Split it, or move what is not schema elsewhere.",
      );
    const bytes = readFileSync(file);
    const flaw = flawOfText(bytes);
    if (flaw !== undefined) throw invalid(flaw, "Save the document as UTF-8 without NUL bytes.");
    return { text: bytes.toString("utf8").replace(/^\ufeff/, ""), name };
  } catch (cause) {
    if (cause instanceof SocratesError) throw cause;
    throw invalid(
      "cannot be read",
      "Name the schema document with --document, or as document in the config file.",
      cause,
    );
  }
}
