import type { Location } from "../errors.ts";
import type { Block } from "./markdown.ts";
import type { ListedValues, LogicalReference } from "./model.ts";

/** The comment behind a column of a CREATE TABLE that is written a column to a line. */
interface ColumnComment {
  readonly column: string;
  readonly text: string;
  readonly location: Location;
}

/** `user_id UUID NOT NULL,  -- References users(id) in socrates_auth` */
const commentPattern = /^\s*"?([\w$]+)"?\s.*?--\s*(.*?)\s*$/;

function commentsOf({ text, location }: Block): ColumnComment[] {
  return text.split("\n").flatMap((line, i) => {
    const [, column, comment] = commentPattern.exec(line) ?? [];
    if (column === undefined || comment === undefined) return [];
    return [
      {
        column: column.toLowerCase(),
        text: comment,
        location: { file: location.file, line: location.line + i, column: line.indexOf("--") + 1 },
      },
    ];
  });
}

const referencePattern = /\bReferences\s+([\w$]+)\s*\(\s*([\w$]+)\s*\)(?:\s+in\s+([\w$]+))?/i;

/** The references that comments state; without `in` they stay in `database`. */
export function referencesOf(block: Block, database: string): LogicalReference[] {
  return commentsOf(block).flatMap(({ column, text, location }) => {
    const [, toTable, toColumn, toDatabase = database] = referencePattern.exec(text) ?? [];
    if (toTable === undefined || toColumn === undefined) return [];
    return [
      { column, toTable: toTable.toLowerCase(), toColumn: toColumn.toLowerCase(), toDatabase, location },
    ];
  });
}

/** Two words or more, apart by commas or `or`, and nothing else: prose with a comma in it is no list. */
const listPattern = /^[a-z][a-z0-9_]*(?:(?:\s*,\s*(?:or\s+)?|\s+or\s+)[a-z][a-z0-9_]*)+$/;

/** The values that comments enumerate. */
export function listedValuesOf(block: Block): ListedValues[] {
  return commentsOf(block).flatMap(({ column, text, location }) =>
    listPattern.test(text) ? [{ column, values: text.split(/\s*,\s*(?:or\s+)?|\s+or\s+/), location }] : [],
  );
}
