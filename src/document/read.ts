import type { NamedDatabase } from "../databases.ts";
import { SocratesError } from "../errors.ts";
import { databaseNames } from "./database-names.ts";
import { documentError } from "./error.ts";
import { type DocumentText, isSqlFile } from "./files.ts";
import { type Block, readBlocks } from "./markdown.ts";
import { type DocumentedSchema, labelOf } from "./model.ts";
import { databaseOfFile } from "./of-file.ts";
import { readAccess, readAnnounced, readClaims, readDrawn, readListed } from "./prose.ts";
import { type FileSections, readSections } from "./sections.ts";
import { readSqlSections } from "./sql-file.ts";
import { type PhasedSection, readTables } from "./tables.ts";
import { documentText } from "./text.ts";

/** What a file of a document says besides its SQL. */
type Prose = Pick<DocumentedSchema, "claims" | "listed" | "access" | "announced" | "drawn">;

interface ReadFile {
  readonly blocks: readonly Block[];
  readonly parts: FileSections;
  readonly prose: Prose;
}

/** A document with the places of its SQL in the files. */
export interface ParsedDocument {
  readonly document: DocumentedSchema;
  /** All SQL that counts, by section. */
  readonly sections: readonly PhasedSection[];
  /** The blocks of each file. */
  readonly blocks: readonly (readonly Block[])[];
}

const noProse: Prose = { claims: [], listed: [], access: [], announced: [], drawn: [] };

function readFile(file: DocumentText, databases: readonly NamedDatabase[]): ReadFile {
  if (file.isSql) return { blocks: [], parts: readSqlSections(file, databases), prose: noProse };
  const blocks = readBlocks(file.text, file.name);
  const known = databaseNames(databases, databaseOfFile(blocks, file.database, databases));
  return {
    blocks,
    parts: readSections(blocks, known),
    prose: {
      claims: readClaims(blocks),
      listed: readListed(blocks, known),
      access: readAccess(blocks, known),
      announced: readAnnounced(blocks),
      drawn: readDrawn(blocks),
    },
  };
}

/** Sections with their phases: 0 if the whole document states none. @throws SocratesError `document-invalid` */
function withPhases(parts: readonly FileSections[]): PhasedSection[] {
  const sections = parts.flatMap((part) => part.sections);
  const isPhased = sections.some(({ phase }) => phase !== undefined);
  return sections.map((section) => {
    if (section.phase === undefined && isPhased)
      throw documentError(
        section.location,
        `${section.written === undefined ? "this section" : `table ${section.written}`} has no phase`,
        'Name the phase in the heading, as in "Table: users (Phase 0)", or in that of the section.',
      );
    return { ...section, phase: section.phase ?? { from: 0, to: 0 } };
  });
}

/**
 * Parses the files of a document.
 * @param databases of the project
 * @throws SocratesError `document-invalid`, with file, line and column
 */
export function parseFiles(
  texts: readonly DocumentText[],
  databases: readonly NamedDatabase[],
): ParsedDocument {
  const read = texts.map((text) => readFile(text, databases));
  const parts = read.map((file) => file.parts);
  const files = texts.map(({ name }) => name);
  const names = databaseNames(databases);
  const sections = withPhases(parts);
  const { tables, objects, changes, unread } = readTables(
    sections,
    parts.flatMap(({ outside }) => outside),
    names,
  );
  if (tables.length === 0 && objects.length === 0)
    throw new SocratesError("document-invalid", `${labelOf(files)} documents no table`, {
      hint: 'A table is a heading "Table: name" with a fence of SQL below it.',
    });
  const document: DocumentedSchema = {
    files,
    file: labelOf(files),
    tables,
    objects,
    claims: read.flatMap(({ prose }) => prose.claims),
    listed: read.flatMap(({ prose }) => prose.listed),
    access: read.flatMap(({ prose }) => prose.access),
    announced: read.flatMap(({ prose }) => prose.announced),
    drawn: read.flatMap(({ prose }) => prose.drawn),
    unread: [...parts.flatMap((part) => part.unread), ...unread],
  };
  return { document, sections: [...sections, ...changes], blocks: read.map(({ blocks }) => blocks) };
}

/** Parses a document of one file. @param file its name, for messages */
export function parseDocument(
  text: string,
  file: string,
  databases: readonly NamedDatabase[],
): DocumentedSchema {
  return parseFiles(
    [{ path: file, name: file, text, isSql: isSqlFile(file), database: undefined }],
    databases,
  ).document;
}

/** Reads a document of one file. @throws SocratesError `document-invalid`, also if it is missing or larger than 8 MiB */
export function readDocument(file: string, databases: readonly NamedDatabase[]): DocumentedSchema {
  const { text, name } = documentText(file);
  return parseDocument(text, name, databases);
}
