import type { Location } from "../errors.ts";
import { placesOf } from "../sql/source-file.ts";
import { splitStatements } from "../sql/statements.ts";
import { tokenAt, UnterminatedError } from "../sql/tokens.ts";
import { documentError } from "./error.ts";
import type { Block } from "./markdown.ts";
import type { DocumentedStatement } from "./model.ts";
import { alteredTable, createdTable } from "./statement-tables.ts";

const languages: ReadonlySet<string> = new Set([
  "sql",
  "pg",
  "pgsql",
  "plpgsql",
  "postgres",
  "postgresql",
  "psql",
]);

/** First words of SQL that describes a schema; they identify SQL in a code block without a language. */
const schemaWord = /^(create|alter|comment|grant|revoke|drop)$/i;

/** Whether a SQL block describes a schema; examples of queries do not. */
export function describesSchema({ text }: Block): boolean {
  try {
    for (let at = 0; at < text.length; ) {
      const { kind, end } = tokenAt(text, at);
      if (kind !== "blank") return schemaWord.test(text.slice(at, end));
      at = end;
    }
    return false;
  } catch (error) {
    if (error instanceof UnterminatedError) return false;
    throw error;
  }
}

/** Whether a block is SQL: by its language, or without one by its first word. */
export function isSql(block: Block): boolean {
  const { kind, language } = block;
  return kind === "fence" && (languages.has(language) || (language === "" && describesSchema(block)));
}

/** Positions of ascending offsets in a code block, each found from the one before. */
export function placesIn({ text, location }: Block): (offset: number) => Location {
  const placeOf = placesOf(text);
  return (offset) => {
    const { line, column } = placeOf(offset);
    return { file: location.file, line: location.line + line - 1, column: location.column + column - 1 };
  };
}

/** Commented out `CREATE INDEX` statements: comment lines from `-- CREATE INDEX` to the semicolon. */
function deferredIndexes(block: Block): DocumentedStatement[] {
  const found: DocumentedStatement[] = [];
  const locate = placesIn(block);
  let offset = 0;
  let open: { lines: string[]; location: Location } | undefined;
  for (const line of block.text.split("\n")) {
    const comment = /^\s*--\s?(.*)$/.exec(line)?.[1];
    if (open === undefined && comment !== undefined && /^\s*CREATE\s+(UNIQUE\s+)?INDEX\b/i.test(comment))
      open = { lines: [], location: locate(offset + line.length - comment.length) };
    if (open !== undefined) {
      if (comment === undefined) open = undefined;
      else {
        open.lines.push(comment);
        if (comment.trimEnd().endsWith(";")) {
          found.push({
            sql: open.lines.join("\n").trim().replace(/;$/, ""),
            location: open.location,
            deferred: true,
            creates: undefined,
          });
          open = undefined;
        }
      }
    }
    offset += line.length + 1;
  }
  return found;
}

/**
 * The statements of a SQL fence, and its commented out indexes.
 * @throws SocratesError `document-invalid` for a quote or comment that never closes, and for COPY from a client
 */
export function statementsOf(block: Block): DocumentedStatement[] {
  const locate = placesIn(block);
  try {
    const statements = splitStatements(block.text).map((statement) => {
      const location = locate(statement.offset);
      if (statement.copiesToClient)
        throw documentError(
          location,
          "COPY from stdin or to stdout moves rows between the server and a client such as psql",
          "Remove it: a document describes the schema.",
        );
      if (statement.longName !== undefined)
        throw documentError(
          locate(statement.longName.offset),
          `the name "${statement.longName.name}" is longer than the 63 bytes that PostgreSQL keeps`,
          "Shorten it.",
        );
      return {
        sql: statement.text,
        location,
        deferred: false,
        creates: createdTable(statement.words, statement.names),
      };
    });
    return [...statements, ...deferredIndexes(block)];
  } catch (error) {
    if (!(error instanceof UnterminatedError)) throw error;
    throw documentError(
      locate(error.offset),
      `${error.what} is never closed`,
      "Close it, or remove what opens it.",
    );
  }
}

/** What a reader finds in each statement of a block; nothing if the SQL of the block is incomplete. */
function inStatements<T>(block: Block, read: (words: readonly string[], names: readonly string[]) => T): T[] {
  try {
    return splitStatements(block.text).map(({ words, names }) => read(words, names));
  } catch (error) {
    if (error instanceof UnterminatedError) return [];
    throw error;
  }
}

/** The tables that a block creates, by the parts of their names. */
export function createdIn(block: Block): (readonly string[])[] {
  return inStatements(block, createdTable).filter((parts) => parts !== undefined);
}

/** The table that each statement of a block alters, by the parts of its name. */
export function alteredIn(block: Block): (readonly string[] | undefined)[] {
  return inStatements(block, alteredTable);
}
