import type { Location } from "../errors.ts";
import { splitStatements } from "../migrations/statements.ts";
import { UnterminatedError } from "../migrations/tokens.ts";
import { listedValuesOf, referencesOf } from "./column-comments.ts";
import { documentError } from "./error.ts";
import type { Block } from "./markdown.ts";
import type { DocumentedStatement, DocumentedTable, PhaseRange } from "./model.ts";

/** `Phase 3`, `Phase 0-2`, also `PHASE 0–2` with a dash (U+2013); the first one in a heading. */
export function phaseOf(heading: string | undefined): PhaseRange | undefined {
  const match = /\bphases?\s+(\d+)(?:\s*[-\u2013]\s*(\d+))?/i.exec(heading ?? "");
  if (match === null) return undefined;
  const from = Number(match[1]);
  return { from, to: Number(match[2] ?? from) };
}

/** The database that a heading names: `socrates_auth Database`, or `Database 1: socrates_auth`. */
export function databaseOf(heading: string | undefined): string | undefined {
  const text = heading?.trim() ?? "";
  return /^(\w+)\s+database$/i.exec(text)?.[1] ?? /^database\s+\d+\s*:\s*(\w+)$/i.exec(text)?.[1];
}

const tableHeading = /^table:\s*[`"]?([\w$]+)[`"]?/i;

/** The place of an offset inside a fence. */
function placeIn(block: Block, offset: number): Location {
  const before = block.text.slice(0, offset).split("\n");
  const column =
    [...(before.at(-1) ?? "")].length + (before.length === 1 ? block.location.column : block.location.column);
  return { file: block.location.file, line: block.location.line + before.length - 1, column };
}

/** `CREATE INDEX` statements that are commented out: a run of comment lines from `-- CREATE INDEX` to its semicolon. */
function deferredIndexes(block: Block): DocumentedStatement[] {
  const found: DocumentedStatement[] = [];
  let offset = 0;
  let open: { lines: string[]; location: Location } | undefined;
  for (const line of block.text.split("\n")) {
    const comment = /^\s*--\s?(.*)$/.exec(line)?.[1];
    if (open === undefined && comment !== undefined && /^\s*CREATE\s+(UNIQUE\s+)?INDEX\b/i.test(comment))
      open = { lines: [], location: placeIn(block, offset + line.length - comment.length) };
    if (open !== undefined) {
      if (comment === undefined) open = undefined;
      else {
        open.lines.push(comment);
        if (comment.trimEnd().endsWith(";")) {
          found.push({
            sql: open.lines.join("\n").trim().replace(/;$/, ""),
            location: open.location,
            deferred: true,
          });
          open = undefined;
        }
      }
    }
    offset += line.length + 1;
  }
  return found;
}

function statementsOf(block: Block): DocumentedStatement[] {
  try {
    const statements = splitStatements(block.text).map(({ text, offset, copiesToClient }) => {
      const location = placeIn(block, offset);
      if (copiesToClient)
        throw documentError(
          location,
          "COPY from stdin or to stdout moves rows between the server and a client such as psql",
          "Remove it: a document describes the schema.",
        );
      return { sql: text, location, deferred: false };
    });
    return [...statements, ...deferredIndexes(block)];
  } catch (error) {
    if (!(error instanceof UnterminatedError)) throw error;
    throw documentError(
      placeIn(block, error.offset),
      `${error.what} is never closed`,
      "Close it, or remove what opens it.",
    );
  }
}

/**
 * The tables of a document: each `Table: name` heading with the SQL fences below it. Its phase stands in its own heading,
 * else in that of its section; its database in the heading between.
 * @throws SocratesError `document-invalid` for a table in no database or no phase, and for one that stands twice
 */
export function readTables(blocks: readonly Block[]): DocumentedTable[] {
  const tables: DocumentedTable[] = [];
  let current: { table: DocumentedTable; depth: number } | undefined;
  for (const block of blocks) {
    if (block.kind === "heading") {
      const name = tableHeading.exec(block.text)?.[1];
      if (name === undefined) {
        if (current !== undefined && block.depth <= current.depth) current = undefined;
        continue;
      }
      const table = openTable(name.toLowerCase(), block, tables);
      tables.push(table);
      current = { table, depth: block.depth };
    } else if (
      block.kind === "fence" &&
      /^(sql|postgres(ql)?|pgsql)$/i.test(block.language) &&
      current !== undefined
    ) {
      const { table, depth } = current;
      const grown = {
        ...table,
        statements: [...table.statements, ...statementsOf(block)],
        references: [...table.references, ...referencesOf(block, table.database)],
        values: [...table.values, ...listedValuesOf(block)],
      };
      tables[tables.length - 1] = grown;
      current = { table: grown, depth };
    }
  }
  return tables;
}

function openTable(name: string, block: Block, earlier: readonly DocumentedTable[]): DocumentedTable {
  const above = block.headings.slice(0, block.depth);
  const database = above.map(databaseOf).findLast((found) => found !== undefined);
  const phase = phaseOf(block.text) ?? above.map(phaseOf).findLast((found) => found !== undefined);
  if (database === undefined)
    throw documentError(
      block.location,
      `the table ${name} stands in no database`,
      'Put it below a heading such as "socrates_auth Database".',
    );
  if (phase === undefined)
    throw documentError(
      block.location,
      `the table ${name} belongs to no phase`,
      'Name it in the heading, as in "Table: users (Phase 0)", or in that of the section.',
    );
  const twin = earlier.find((table) => table.name === name && table.database === database);
  if (twin !== undefined)
    throw documentError(
      block.location,
      `the table ${name} of ${database} is documented twice, first in line ${twin.location.line}`,
      "Remove one of them.",
    );
  return { name, database, phase, location: block.location, statements: [], references: [], values: [] };
}
