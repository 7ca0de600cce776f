import { readFileSync, statSync } from "node:fs";
import { SocratesError } from "../errors.ts";
import { displayPath } from "../migrations/source-file.ts";
import { maximumDocumentSize, readBlocks } from "./markdown.ts";
import type { DocumentedSchema } from "./model.ts";
import { readAccess, readAnnounced, readClaims, readDrawn, readListed } from "./prose.ts";
import { readTables } from "./tables.ts";

/**
 * Reads what a Markdown text says of a schema.
 * @param file its name, for messages
 * @throws SocratesError `document-invalid`, with file, line and column
 */
export function parseDocument(text: string, file: string): DocumentedSchema {
  const blocks = readBlocks(text, file);
  const tables = readTables(blocks);
  if (tables.length === 0)
    throw new SocratesError("document-invalid", `${file} documents no table`, {
      hint: 'A table is a heading "Table: name" with a fence of SQL below it.',
    });
  return {
    file,
    tables,
    claims: readClaims(blocks),
    listed: readListed(blocks),
    access: readAccess(blocks),
    announced: readAnnounced(blocks),
    drawn: readDrawn(blocks),
  };
}

/**
 * Reads a document from its file.
 * @throws SocratesError `document-invalid`, also where it is missing or larger than 8 MiB
 */
export function readDocument(file: string): { document: DocumentedSchema; text: string } {
  const shown = displayPath(file);
  const invalid = (message: string, hint: string, cause?: unknown) =>
    new SocratesError("document-invalid", `${shown} ${message}`, { hint, cause });
  let text: string;
  try {
    const { size } = statSync(file);
    if (size > maximumDocumentSize)
      throw invalid(
        `has ${size} bytes, more than the ${maximumDocumentSize} that a document may have`,
        "Split it, or move what is no schema elsewhere.",
      );
    text = readFileSync(file, "utf8");
  } catch (cause) {
    if (cause instanceof SocratesError) throw cause;
    throw invalid(
      "cannot be read",
      "Name the schema document with --document, or as document in the config file.",
      cause,
    );
  }
  return { document: parseDocument(text.replace(/^\ufeff/, ""), shown), text };
}
