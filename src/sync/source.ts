import type { NamedDatabase } from "../databases.ts";
import type { DocumentText } from "../document/files.ts";
import type { Block } from "../document/markdown.ts";
import type { DocumentedTable } from "../document/model.ts";
import { type ParsedDocument, parseFiles } from "../document/read.ts";
import { placesIn } from "../document/sql-fence.ts";
import { alteredTable, createdTable } from "../document/statement-tables.ts";
import type { PhasedSection } from "../document/tables.ts";
import type { Location } from "../errors.ts";
import { dotted } from "../schema/names.ts";
import { type Statement, splitStatements } from "../sql/statements.ts";

/** A code block of SQL whose statements count. */
export interface SourceFence {
  /** Number of its file. */
  readonly file: number;
  readonly block: Block;
  readonly section: PhasedSection;
  /** The table of its section. */
  readonly table: string | undefined;
}

/** A statement with its place in a code block. */
export interface SourceStatement extends Statement {
  readonly fence: SourceFence;
  /** The end without its semicolon, and with it. */
  readonly end: number;
  readonly wholeEnd: number;
  readonly location: Location;
  /** The table that it creates or alters. */
  readonly table: string | undefined;
  readonly createsTable: boolean;
}

/** A document with the statements of its files, in order. */
export interface SourceDocument extends ParsedDocument {
  readonly texts: readonly DocumentText[];
  readonly fences: readonly SourceFence[];
  readonly statements: readonly SourceStatement[];
}

function tableName(parts: readonly string[] | undefined): string | undefined {
  return parts && dotted(...(parts.length === 1 ? ["public", ...parts] : parts.slice(-2)));
}

function statementsIn(fence: SourceFence): SourceStatement[] {
  const { text } = fence.block;
  const locate = placesIn(fence.block);
  return splitStatements(text).map((statement) => {
    const { offset, words, names } = statement;
    const end = offset + statement.text.length;
    const semicolon = /^(?:\s|--[^\n]*\n)*;/.exec(text.slice(end))?.[0].length ?? 0;
    const created = tableName(createdTable(words, names));
    return {
      ...statement,
      fence,
      end,
      wholeEnd: end + semicolon,
      location: locate(offset),
      table: created ?? tableName(alteredTable(words, names)),
      createsTable: created !== undefined,
    };
  });
}

/** Parses the files of a document for editing. @throws SocratesError `document-invalid` */
export function readSource(
  texts: readonly DocumentText[],
  databases: readonly NamedDatabase[],
): SourceDocument {
  const parsed = parseFiles(texts, databases);
  const { document, sections } = parsed;
  const nameAt = (section: PhasedSection): DocumentedTable | undefined =>
    document.tables.find(({ location }) => location === section.location);
  const fences = sections.flatMap((section) =>
    section.fences.map((block) => ({
      file: document.files.indexOf(block.location.file),
      block,
      section,
      table: nameAt(section)?.name,
    })),
  );
  return { ...parsed, texts, fences, statements: fences.flatMap(statementsIn) };
}
