import type { NamedDatabase } from "../databases.ts";
import type { DocumentPlaces } from "../document-places.ts";
import { type CacheFolders, cached, cacheKey } from "../shadow/cache.ts";
import { documentTexts } from "./files.ts";
import { type DocumentedSchema, labelOf } from "./model.ts";

/** A document whose locations have numbers of files: the same texts may be in any files. */
function encode({ files, ...document }: DocumentedSchema): object {
  const numbered = JSON.stringify(document, (key, value) => (key === "file" ? files.indexOf(value) : value));
  return JSON.parse(numbered);
}

/** Writes the file's name into each location of a parsed document. */
function nameFiles(value: unknown, files: readonly string[]): void {
  if (typeof value !== "object" || value === null) return;
  if ("line" in value && "file" in value) Object.assign(value, { file: files[Number(value.file)] });
  else for (const part of Object.values(value)) nameFiles(part, files);
}

/**
 * Parses a document once per texts: Markdown and its parser are only loaded for a new text.
 * @param databases of the project
 * @throws SocratesError `document-invalid`, with file, line and column
 */
export async function cachedDocument(
  places: DocumentPlaces,
  databases: readonly NamedDatabase[],
  folders: CacheFolders,
): Promise<DocumentedSchema> {
  const texts = documentTexts(places, databases);
  const files = texts.map(({ name }) => name);
  const decode = (json: string): DocumentedSchema => {
    const document: Omit<DocumentedSchema, "files" | "file"> = JSON.parse(json);
    nameFiles(document, files);
    return { ...document, files, file: labelOf(files) };
  };
  const names = JSON.stringify([
    databases.map(({ key, name }) => [key, name]),
    texts.map(({ isSql, database }) => [isSql, database]),
  ]);
  const key = cacheKey("parsed", names, ...texts.map(({ text }) => text));
  return cached(folders, key, { encode, decode }, async () => {
    const { parseFiles } = await import("./read.ts");
    return parseFiles(texts, databases).document;
  });
}
