import { dotted, partsOfName } from "../schema/names.ts";
import { type ColumnComment, folded, referenceIn, type WordedReference } from "./column-comments.ts";
import type { DocumentedTable, LogicalReference } from "./model.ts";

/** A reference whose names are as a comment writes them, with the table and database of the comment. */
export interface StatedReference {
  readonly comment: ColumnComment;
  readonly worded: WordedReference;
}

/** The references that comments behind columns state. */
export function statedReferences(comments: readonly ColumnComment[]): StatedReference[] {
  return comments.flatMap((comment) => {
    const worded = referenceIn(comment.text);
    return worded === undefined ? [] : [{ comment, worded }];
  });
}

function isQuoted(name: string): boolean {
  return name.startsWith('"');
}

function bare(name: string): string {
  return name.replace(/^["`]|["`]$/g, "").replaceAll('""', '"');
}

/** The documented table that a comment means: by its schema where one is written, by its exact name before the folded one. */
function findTable(
  tables: readonly DocumentedTable[],
  database: string,
  schema: string | undefined,
  name: string,
): DocumentedTable | undefined {
  const own = tables.filter((table) => table.database === database);
  const named = (wanted: string) =>
    own.filter(({ name: identity }) => {
      const parts = partsOfName(identity);
      return parts[1] === wanted && (schema === undefined || parts[0] === schema);
    });
  const [exact] = named(bare(name));
  return exact ?? (isQuoted(name) ? undefined : named(folded(bare(name)))[0]);
}

/** A column as its table writes it: in prose, people leave out the quotes of a name such as "cookId". */
function columnOf(table: DocumentedTable | undefined, name: string): string {
  const written = bare(name);
  const isQuotedThere = table?.statements.some(({ sql }) => sql.includes(`"${written}"`)) === true;
  return isQuoted(name) || isQuotedThere ? written : folded(written);
}

/**
 * A reference with the names that the document's own SQL gives to its table and column; those that it does not have stay
 * as they are written, for the check of the document to name.
 */
export function resolveReference(
  { comment, worded }: StatedReference,
  from: DocumentedTable,
  tables: readonly DocumentedTable[],
): LogicalReference {
  const databases = new Set(tables.map(({ database }) => database));
  const path = [...worded.path];
  const name = path.pop() ?? "";
  const isDatabase = path[0] !== undefined && databases.has(bare(path[0]));
  const prefix = isDatabase ? bare(path.shift() ?? "") : undefined;
  const toDatabase = worded.database === undefined ? (prefix ?? from.database) : bare(worded.database);
  const schema = path[0] === undefined ? undefined : bare(path[0]);
  const target = findTable(tables, toDatabase, schema, name);
  const toTable =
    target?.name ?? dotted(schema ?? "public", isQuoted(name) ? bare(name) : folded(bare(name)));
  return {
    table: tableOfComment(comment, from),
    column: comment.column,
    toDatabase,
    toTable,
    toColumn: columnOf(target, worded.column),
    location: comment.location,
  };
}

/** The identity of the table that a comment's column belongs to; it is that of the heading where the SQL names none. */
export function tableOfComment({ table }: ColumnComment, from: DocumentedTable): string {
  const [first, second] = table;
  if (first === undefined) return from.name;
  const [schema = "public", own] = partsOfName(from.name);
  if (second === undefined) return first === own ? from.name : dotted(schema, first);
  return dotted(first, second);
}
