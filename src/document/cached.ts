import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { type CacheFolders, cached, cacheKey } from "../shadow/cache.ts";
import type { DocumentedSchema } from "./model.ts";
import { documentText } from "./text.ts";

/** The bundled file names the one with the parser, so that its own name holds a hash of both. */
const build = basename(fileURLToPath(import.meta.url));

/** A document without the name of its file, which its locations repeat: the same text may stand anywhere. */
function encode(document: DocumentedSchema): object {
  return JSON.parse(JSON.stringify(document, (key, value) => (key === "file" ? undefined : value)));
}

/** Writes the name of a file into each location of what was read. */
function nameFile(value: unknown, file: string): void {
  if (typeof value !== "object" || value === null) return;
  if ("line" in value) Object.assign(value, { file });
  else for (const part of Object.values(value)) nameFile(part, file);
}

/**
 * What a document says, parsed once for each text: Markdown and its parser are only loaded for one that is new.
 * @throws SocratesError `document-invalid`, with file, line and column
 */
export async function cachedDocument(path: string, folders: CacheFolders): Promise<DocumentedSchema> {
  const { text, name: file } = documentText(path);
  const decode = (json: string): DocumentedSchema => {
    const document: DocumentedSchema = { ...JSON.parse(json), file };
    nameFile(document, file);
    return document;
  };
  return cached(folders, cacheKey("parsed", build, text), { encode, decode }, async () => {
    const { parseDocument } = await import("./read.ts");
    return parseDocument(text, file);
  });
}
