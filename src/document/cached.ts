import type { NamedDatabase } from "../databases.ts";
import { type CacheFolders, cached, cacheKey } from "../shadow/cache.ts";
import type { DocumentedSchema } from "./model.ts";
import { documentText } from "./text.ts";

/** A document without its file name, which its locations repeat: the same text may be in any file. */
function encode(document: DocumentedSchema): object {
  return JSON.parse(JSON.stringify(document, (key, value) => (key === "file" ? undefined : value)));
}

/** Writes the file name into each location of a parsed document. */
function nameFile(value: unknown, file: string): void {
  if (typeof value !== "object" || value === null) return;
  if ("line" in value) Object.assign(value, { file });
  else for (const part of Object.values(value)) nameFile(part, file);
}

/**
 * Parses a document once per text: Markdown and its parser are only loaded for a new text.
 * @param databases of the project
 * @throws SocratesError `document-invalid`, with file, line and column
 */
export async function cachedDocument(
  path: string,
  databases: readonly NamedDatabase[],
  folders: CacheFolders,
): Promise<DocumentedSchema> {
  const { text, name: file } = documentText(path);
  const decode = (json: string): DocumentedSchema => {
    const document: DocumentedSchema = { ...JSON.parse(json), file };
    nameFile(document, file);
    return document;
  };
  const names = JSON.stringify(databases.map(({ key, name }) => [key, name]));
  return cached(folders, cacheKey("parsed", text, names), { encode, decode }, async () => {
    const { parseDocument } = await import("./read.ts");
    return parseDocument(text, file, databases);
  });
}
