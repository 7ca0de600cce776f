import type { NamedDatabase } from "../databases.ts";
import { SocratesError } from "../errors.ts";
import { databaseNames } from "./database-names.ts";
import { readBlocks } from "./markdown.ts";
import type { DocumentedSchema } from "./model.ts";
import { readAccess, readAnnounced, readClaims, readDrawn, readListed } from "./prose.ts";
import { readTables } from "./tables.ts";
import { documentText } from "./text.ts";

/**
 * Parses a Markdown document of a schema.
 * @param file its name, for messages
 * @param databases of the project
 * @throws SocratesError `document-invalid`, with file, line and column
 */
export function parseDocument(
  text: string,
  file: string,
  databases: readonly NamedDatabase[],
): DocumentedSchema {
  const blocks = readBlocks(text, file);
  const names = databaseNames(databases);
  const { tables, objects, unread } = readTables(blocks, names);
  if (tables.length === 0 && objects.length === 0)
    throw new SocratesError("document-invalid", `${file} documents no table`, {
      hint: 'A table is a heading "Table: name" with a fence of SQL below it.',
    });
  return {
    file,
    tables,
    objects,
    claims: readClaims(blocks),
    listed: readListed(blocks, names),
    access: readAccess(blocks, names),
    announced: readAnnounced(blocks),
    drawn: readDrawn(blocks),
    unread,
  };
}

/**
 * Reads a document from its file.
 * @throws SocratesError `document-invalid`, also if it is missing or larger than 8 MiB
 */
export function readDocument(file: string, databases: readonly NamedDatabase[]): DocumentedSchema {
  const { text, name } = documentText(file);
  return parseDocument(text, name, databases);
}
