import { dotted, shortName } from "../schema/names.ts";
import { commentsOf, folded, listedValuesIn, speaksOfReference } from "./column-comments.ts";
import type { DatabaseNames } from "./database-names.ts";
import { documentError } from "./error.ts";
import { beginsObjects, identifierPattern, maximumPhase, phaseOf, remembered, tableOf } from "./headings.ts";
import type { Block } from "./markdown.ts";
import type {
  DocumentedObjects,
  DocumentedStatement,
  DocumentedTable,
  ListedValues,
  PhaseRange,
  UnreadPart,
} from "./model.ts";
import { resolverOf, type StatedReference, statedReferences, tableOfComment } from "./references.ts";
import { describesSchema, isSql, statementsOf } from "./sql-fence.ts";

/** A heading with the SQL fences below it. */
interface Section {
  readonly heading: Block;
  readonly depth: number;
  /** The table as written in the heading; undefined for what belongs to no table. */
  readonly written: string | undefined;
  readonly database: string;
  readonly phase: PhaseRange;
  readonly fences: Block[];
}

interface TableSection extends Section {
  readonly written: string;
}

function isOfTable(section: Section): section is TableSection {
  return section.written !== undefined;
}

/** In bytes: NAMEDATALEN minus one (manual, section 4.1.1). */
const longestName = 63;

/** What the headings above a table say. */
interface Above {
  readonly database: string | undefined;
  readonly phase: PhaseRange | undefined;
}

function readingAbove({ inHeading, only }: DatabaseNames): (heading: Block) => Above {
  const [database, phase] = [remembered(inHeading), remembered(phaseOf)];
  return ({ headings, depth }) => {
    const above = headings.slice(0, depth);
    return {
      database: above.map(database).findLast((found) => found !== undefined) ?? only,
      phase: above.map(phase).findLast((found) => found !== undefined),
    };
  };
}

function openSection(written: string | undefined, heading: Block, above: Above, example: string): Section {
  const { database } = above;
  const what = written === undefined ? `"${heading.text}"` : `table ${written}`;
  const phase = phaseOf(heading.text) ?? above.phase;
  const fail = (message: string, hint: string) => documentError(heading.location, message, hint);
  if (database === undefined)
    throw fail(
      `${what} is not below a database heading`,
      `Put it below a heading such as "${example} Database".`,
    );
  if (phase === undefined)
    throw fail(
      `${what} has no phase`,
      'Name the phase in the heading, as in "Table: users (Phase 0)", or in that of the section.',
    );
  if (phase.to > maximumPhase)
    throw fail(
      `phase ${phase.to} is larger than ${maximumPhase}`,
      "Number the phases 0, 1, 2; a date belongs elsewhere in the heading.",
    );
  const long = writtenParts(written ?? "").parts.find((part) => Buffer.byteLength(part) > longestName);
  if (long !== undefined)
    throw fail(
      `the name ${long} has ${Buffer.byteLength(long)} bytes, more than the ${longestName} that PostgreSQL keeps`,
      "Shorten it.",
    );
  return { heading, depth: heading.depth, written, database, phase, fences: [] };
}

/** The sections of tables, and SQL outside of them. */
function sectionsOf(
  blocks: readonly Block[],
  databases: DatabaseNames,
): { sections: Section[]; outside: Block[] } {
  const readAbove = readingAbove(databases);
  const sections: Section[] = [];
  const outside: Block[] = [];
  let current: Section | undefined;
  for (const block of blocks) {
    if (block.kind === "heading") {
      const written = tableOf(block.text);
      if (written !== undefined || beginsObjects(block.text)) {
        current = openSection(written, block, readAbove(block), databases.example);
        sections.push(current);
      } else if (current !== undefined && block.depth <= current.depth) current = undefined;
    } else if (isSql(block)) {
      if (current !== undefined) current.fences.push(block);
      else if (describesSchema(block)) outside.push(block);
    }
  }
  return { sections, outside };
}

const identifiers = new RegExp(identifierPattern, "gu");

/** The parts of a name in a heading, without quotes, and whether the last one is quoted and so not folded. */
function writtenParts(written: string): { parts: string[]; isQuoted: boolean } {
  const parts = written.match(identifiers) ?? [];
  return {
    parts: parts.map((part) => part.replace(/^["`]|["`]$/g, "").replaceAll('""', '"')),
    isQuoted: parts.at(-1)?.startsWith('"') === true,
  };
}

/** The name of a section's table: as its SQL creates it, or else as in its heading. */
function identityOf(
  written: string,
  statements: readonly DocumentedStatement[],
): { name: string; isCreated: boolean } {
  const { parts, isQuoted } = writtenParts(written);
  const own = parts.at(-1) ?? "";
  const schema = parts.length > 1 ? parts.at(-2) : undefined;
  const spellings = isQuoted ? [own] : [own, folded(own)];
  for (const spelling of spellings)
    for (const { creates } of statements) {
      const createdSchema = creates !== undefined && creates.length > 1 ? creates.at(-2) : undefined;
      if (creates?.at(-1) !== spelling) continue;
      if (schema === undefined || (createdSchema ?? "public") === schema)
        return { name: dotted(createdSchema ?? "public", spelling), isCreated: true };
    }
  return { name: dotted(schema ?? "public", spellings.at(-1) ?? own), isCreated: false };
}

/** The SQL of a section that does not match its heading. */
function misfit(
  { heading, written }: TableSection,
  statements: readonly DocumentedStatement[],
  isCreated: boolean,
): UnreadPart[] {
  if (isCreated) return [];
  if (statements.length === 0)
    return [
      {
        code: "no-sql",
        severity: "error",
        message: `table ${written} is documented without SQL, so it is not compared`,
        hint: "Add a fence of SQL with its CREATE TABLE below the heading.",
        location: heading.location,
      },
    ];
  const created = statements.flatMap(({ creates }) => (creates === undefined ? [] : [creates.join(".")]));
  return [
    {
      code: "heading-mismatch",
      severity: "error",
      message:
        created.length === 0
          ? `no SQL below the heading of table ${written} creates it`
          : `the heading says table ${written}, but its SQL creates ${created.join(", ")}`,
      hint: "Give the heading and the CREATE TABLE the same name.",
      location: statements.find(({ creates }) => creates !== undefined)?.location ?? heading.location,
    },
  ];
}

/** A table whose references are not resolved yet. */
interface Draft {
  readonly table: DocumentedTable;
  readonly stated: readonly StatedReference[];
}

function draftOf(section: TableSection, unread: UnreadPart[], example: string): Draft {
  const { heading, database, phase, written, fences } = section;
  const statements = fences.flatMap(statementsOf);
  const { name, isCreated } = identityOf(written, statements);
  unread.push(...misfit(section, statements, isCreated));
  const comments = fences.map(commentsOf);
  const ofColumns = comments.flatMap((found) => found.ofColumns);
  const stated = statedReferences(ofColumns);
  const read = new Set(stated.map(({ comment }) => comment.location));
  const table: DocumentedTable = {
    name,
    database,
    phase,
    location: heading.location,
    statements,
    references: [],
    values: [],
  };
  const values = ofColumns.flatMap((comment): ListedValues[] => {
    const listed = listedValuesIn(comment.text);
    const { column, location } = comment;
    return listed === undefined
      ? []
      : [{ table: tableOfComment(comment, table), column, values: listed, location }];
  });
  for (const { text, location } of [...ofColumns, ...comments.flatMap(({ others }) => others)])
    if (speaksOfReference(text) && !read.has(location))
      unread.push({
        code: "unread-reference",
        severity: "warning",
        message: `the comment "${text}" does not name a column, so the reference is not checked`,
        hint: `Put it after the column, as: -- References users(id) in ${example}`,
        location,
      });
  return { table: { ...table, values }, stated };
}

function refuseTwins(tables: readonly DocumentedTable[]): void {
  const first = new Map<string, DocumentedTable>();
  for (const table of tables) {
    const key = `${table.database} ${table.name}`;
    const twin = first.get(key);
    if (twin !== undefined)
      throw documentError(
        table.location,
        `table ${shortName(table.name)} of ${table.database} is documented twice, first in line ${twin.location.line}`,
        "Remove one of them.",
      );
    first.set(key, table);
  }
}

/**
 * The tables of a document: each `Table: name` heading with the SQL fences below it. The phase is in its heading, or
 * else in its section's; the database is in a heading above, or is the only one. What belongs to no table is below a
 * heading such as `Objects: types`; other SQL is `unread`.
 * @throws SocratesError `document-invalid` for a table without database or phase, and for a duplicate
 */
export function readTables(
  blocks: readonly Block[],
  databases: DatabaseNames,
): {
  readonly tables: readonly DocumentedTable[];
  readonly objects: readonly DocumentedObjects[];
  readonly unread: readonly UnreadPart[];
} {
  const { sections, outside } = sectionsOf(blocks, databases);
  const unread = outside.map(
    ({ location }): UnreadPart => ({
      code: "outside-table",
      severity: "warning",
      message: "this SQL is not below a table heading, so it is not compared",
      hint: 'Put it below a heading such as "Table: users" or, if it belongs to no table, "Objects: types".',
      location,
    }),
  );
  const drafts = sections.filter(isOfTable).map((section) => draftOf(section, unread, databases.example));
  const tables = drafts.map(({ table }) => table);
  refuseTwins(tables);
  const resolve = resolverOf(tables, databases);
  const objects = sections
    .filter((section) => !isOfTable(section))
    .map(({ heading, database, phase, fences }) => ({
      database,
      phase,
      location: heading.location,
      statements: fences.flatMap(statementsOf),
    }));
  return {
    objects,
    tables: drafts.map(({ table, stated }) => ({
      ...table,
      references: stated.map((reference) => resolve(reference, table)),
    })),
    unread,
  };
}
