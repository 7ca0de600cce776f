import { dotted, shortName } from "../schema/names.ts";
import { commentsOf, folded, listedValuesIn, speaksOfReference } from "./column-comments.ts";
import type { DatabaseNames } from "./database-names.ts";
import { documentError } from "./error.ts";
import { writtenParts } from "./headings.ts";
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
import type { Above, FileSections, Section } from "./sections.ts";
import { alteredIn, statementsOf } from "./sql-fence.ts";

/** A section whose phase is known. */
export interface PhasedSection extends Section {
  readonly phase: PhaseRange;
}

interface TableSection extends PhasedSection {
  readonly written: string;
}

function isOfTable(section: PhasedSection): section is TableSection {
  return section.written !== undefined;
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
  { location, written }: TableSection,
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
        location,
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
      location: statements.find(({ creates }) => creates !== undefined)?.location ?? location,
    },
  ];
}

/** A table whose references are not resolved yet. */
interface Draft {
  readonly table: DocumentedTable;
  readonly stated: readonly StatedReference[];
}

function draftOf(section: TableSection, unread: UnreadPart[], example: string): Draft {
  const { location, database, phase, written, fences } = section;
  const statements = fences.flatMap(statementsOf);
  const { name, isCreated } = identityOf(written, statements);
  unread.push(...misfit(section, statements, isCreated));
  const table = { name, database, phase, location, statements, references: [], values: [] };
  return withComments({ table, stated: [] }, fences, unread, example);
}

/** A table with the references and values in the comments of more fences. */
function withComments(
  { table, stated: known }: Draft,
  fences: readonly Block[],
  unread: UnreadPart[],
  example: string,
): Draft {
  const comments = fences.map(commentsOf);
  const ofColumns = comments.flatMap((found) => found.ofColumns);
  const stated = statedReferences(ofColumns);
  const read = new Set(stated.map(({ comment }) => comment.location));
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
  return { table: { ...table, values: [...table.values, ...values] }, stated: [...known, ...stated] };
}

function refuseTwins(tables: readonly DocumentedTable[]): void {
  const first = new Map<string, DocumentedTable>();
  for (const table of tables) {
    const key = `${table.database} ${table.name}`;
    const twin = first.get(key);
    if (twin !== undefined)
      throw documentError(
        table.location,
        `table ${shortName(table.name)} of ${table.database} is documented twice, first in ${twin.location.file === table.location.file ? "" : `${twin.location.file}, `}line ${twin.location.line}`,
        "Remove one of them.",
      );
    first.set(key, table);
  }
}

/** The table that each statement of a fence alters; undefined if one of them alters none of these tables. */
function alteredBy(
  fence: Block,
  { database }: Above,
  tables: readonly DocumentedTable[],
): DocumentedTable[] | undefined {
  const altered = alteredIn(fence).map(
    (parts) =>
      parts &&
      tables.find((table) => table.database === database && table.name === dotted(...withSchema(parts))),
  );
  const known = altered.filter((table) => table !== undefined);
  return known.length === altered.length && known.length > 0 ? known : undefined;
}

function withSchema(parts: readonly string[]): readonly string[] {
  return parts.length === 1 ? ["public", ...parts] : parts.slice(-2);
}

/** The phase of SQL outside of sections: that of the headings above, but not before its tables. */
function phaseOfChange({ phase }: Above, altered: readonly DocumentedTable[]): PhaseRange {
  return altered
    .map((table) => table.phase)
    .reduce((last, next) => (next.from > last.from ? next : last), phase ?? { from: 0, to: 0 });
}

function outsideTable({ location }: Block): UnreadPart {
  return {
    code: "outside-table",
    severity: "warning",
    message: "this SQL is not below a table heading, so it is not compared",
    hint: 'Put it below a heading such as "Table: users" or, if it belongs to no table, "Objects: types".',
    location,
  };
}

/**
 * The tables of sections, and what belongs to no table. SQL outside of sections counts if each of its statements alters
 * a documented table.
 * @throws SocratesError `document-invalid` for a table that is documented twice, and for SQL that is not complete
 */
export function readTables(
  sections: readonly PhasedSection[],
  outside: FileSections["outside"],
  databases: DatabaseNames,
): {
  readonly tables: readonly DocumentedTable[];
  readonly objects: readonly DocumentedObjects[];
  /** SQL outside of sections that counts. */
  readonly changes: readonly PhasedSection[];
  readonly unread: readonly UnreadPart[];
} {
  const changes: PhasedSection[] = [];
  const unread: UnreadPart[] = [];
  const drafts = sections.filter(isOfTable).map((section) => draftOf(section, unread, databases.example));
  refuseTwins(drafts.map(({ table }) => table));
  const objects: DocumentedObjects[] = sections
    .filter((section) => !isOfTable(section))
    .map(({ location, database, phase, fences }) => ({
      database,
      phase,
      location,
      statements: fences.flatMap(statementsOf),
    }));
  for (const { fence, above } of outside) {
    const altered = alteredBy(
      fence,
      above,
      drafts.map(({ table }) => table),
    );
    const [first] = altered ?? [];
    if (altered === undefined || first === undefined) {
      unread.push(outsideTable(fence));
      continue;
    }
    const { location } = fence;
    const { database } = first;
    const phase = phaseOfChange(above, altered);
    objects.push({ database, phase, location, statements: statementsOf(fence) });
    changes.push({ location, headingEnd: 0, depth: 0, written: undefined, database, phase, fences: [fence] });
    const at = drafts.findIndex(({ table }) => table === first);
    const draft = drafts[at];
    if (draft !== undefined) drafts[at] = withComments(draft, [fence], unread, databases.example);
  }
  const resolve = resolverOf(
    drafts.map(({ table }) => table),
    databases,
  );
  return {
    objects,
    changes,
    tables: drafts.map(({ table, stated }) => ({
      ...table,
      references: stated.map((reference) => resolve(reference, table)),
    })),
    unread,
  };
}
