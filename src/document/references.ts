import { dotted, partsOfName } from "../schema/names.ts";
import { quotes } from "../sql/find-name.ts";
import { type ColumnComment, folded, referenceIn, type WordedReference } from "./column-comments.ts";
import type { DatabaseNames } from "./database-names.ts";
import type { DocumentedTable, LogicalReference } from "./model.ts";

/** A reference with its names as written in a comment, and the comment's table and database. */
export interface StatedReference {
  readonly comment: ColumnComment;
  readonly worded: WordedReference;
}

/** The references in comments after columns. */
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

/** The tables of a document, by the names that references use. */
interface Index {
  readonly databases: ReadonlySet<string>;
  /** By database and name as JSON, and again with the schema before the name; the first of equal names wins. */
  readonly byName: ReadonlyMap<string, DocumentedTable>;
}

function indexOf(tables: readonly DocumentedTable[]): Index {
  const byName = new Map<string, DocumentedTable>();
  for (const table of tables) {
    const [schema = "", name = ""] = partsOfName(table.name);
    for (const key of [nameKey(table.database, undefined, name), nameKey(table.database, schema, name)])
      if (!byName.has(key)) byName.set(key, table);
  }
  return { databases: new Set(tables.map(({ database }) => database)), byName };
}

function nameKey(database: string, schema: string | undefined, name: string): string {
  return JSON.stringify([database, schema ?? null, name]);
}

/**
 * The documented table that a comment means: by its schema if there is one, by its exact name before the folded one.
 */
function findTable(
  { byName }: Index,
  database: string,
  schema: string | undefined,
  name: string,
): DocumentedTable | undefined {
  const exact = byName.get(nameKey(database, schema, bare(name)));
  return exact ?? (isQuoted(name) ? undefined : byName.get(nameKey(database, schema, folded(bare(name)))));
}

/** A column as its table writes it: in prose, quotes of a name such as "cookId" are often left out. */
function columnOf(table: DocumentedTable | undefined, name: string): string {
  const written = bare(name);
  const isQuotedThere = table?.statements.some((statement) => quotes(statement, written)) === true;
  return isQuoted(name) || isQuotedThere ? written : folded(written);
}

/**
 * Resolves references to the names of the document's own SQL. Unknown names stay as written, for `verify document` to
 * report.
 */
export function resolverOf(
  tables: readonly DocumentedTable[],
  databases: DatabaseNames,
): (reference: StatedReference, from: DocumentedTable) => LogicalReference {
  const index = indexOf(tables);
  return (reference, from) => resolved(reference, from, index, databases);
}

function resolved(
  { comment, worded }: StatedReference,
  from: DocumentedTable,
  index: Index,
  databases: DatabaseNames,
): LogicalReference {
  const path = [...worded.path];
  const name = path.pop() ?? "";
  const isDatabase = path[0] !== undefined && index.databases.has(bare(path[0]));
  const prefix = isDatabase ? bare(path.shift() ?? "") : undefined;
  const toDatabase =
    worded.database === undefined ? (prefix ?? from.database) : databases.resolve(bare(worded.database));
  const schema = path[0] === undefined ? undefined : bare(path[0]);
  const target = findTable(index, toDatabase, schema, name);
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

/** The table of a comment's column: that of the statement, or else of the heading. */
export function tableOfComment({ table }: ColumnComment, from: DocumentedTable): string {
  const [first, second] = table;
  if (first === undefined) return from.name;
  const [schema = "public", own] = partsOfName(from.name);
  if (second === undefined) return first === own ? from.name : dotted(schema, first);
  return dotted(first, second);
}
