import type { Location } from "../errors.ts";
import { dotted } from "../schema/names.ts";
import type { DatabaseNames } from "./database-names.ts";
import { documentError } from "./error.ts";
import {
  beginsObjects,
  maximumPhase,
  mentions,
  phaseOf,
  remembered,
  tableOf,
  tableOfLine,
  writtenParts,
} from "./headings.ts";
import type { Block } from "./markdown.ts";
import type { PhaseRange, UnreadPart } from "./model.ts";
import { alteredIn, createdIn, describesSchema, isSql } from "./sql-fence.ts";

/** Fences of SQL that belong together: below a heading, or below a line such as `Table: users`. */
export interface Section {
  readonly location: Location;
  /** The last line of what begins it. */
  readonly headingEnd: number;
  /** Depth of its heading; a line is deeper than each heading. */
  readonly depth: number;
  /** The table as written; undefined for what belongs to no table. */
  readonly written: string | undefined;
  readonly database: string;
  /** Undefined if no heading states it. */
  readonly phase: PhaseRange | undefined;
  readonly fences: Block[];
}

/** The sections of a file, and the SQL outside of them. */
export interface FileSections {
  readonly sections: readonly Section[];
  /** With the database and phase of the headings above. */
  readonly outside: readonly { readonly fence: Block; readonly above: Above }[];
  readonly unread: readonly UnreadPart[];
}

/** In bytes: NAMEDATALEN minus one (manual, section 4.1.1). */
const longestName = 63;

/** What the headings above a block say. */
export interface Above {
  readonly database: string | undefined;
  readonly phase: PhaseRange | undefined;
}

function readingAbove({ inHeading, byDefault }: DatabaseNames): (block: Block) => Above {
  const [database, phase] = [remembered(inHeading), remembered(phaseOf)];
  return ({ headings, depth, kind }) => {
    const above = kind === "heading" ? headings.slice(0, depth) : headings;
    return {
      database: above.map(database).findLast((found) => found !== undefined) ?? byDefault,
      phase: above.map(phase).findLast((found) => found !== undefined),
    };
  };
}

/** What a block begins: a table with its name as written, or SQL of no table. */
interface Opening {
  readonly written: string | undefined;
  /** Whether it says "Table:" or "Objects:", and so is part of the schema whatever is below it. */
  readonly isExplicit: boolean;
}

/** What a block begins, with the SQL directly below it. */
function openingOf(block: Block, below: () => readonly Block[]): Opening | undefined {
  if (block.kind === "heading") {
    const written = tableOf(block.text);
    if (written !== undefined || beginsObjects(block.text)) return { written, isExplicit: true };
  }
  const isName = block.kind === "heading" || (block.kind === "text" && tableOfLine(block.text));
  if (!isName) return undefined;
  const created = below()
    .flatMap(createdIn)
    .find((parts) => mentions(block.text, parts.at(-1) ?? ""));
  return created && { written: dotted(...created), isExplicit: false };
}

function concernsTable(fence: Block): boolean {
  return createdIn(fence).length > 0 || alteredIn(fence).some((parts) => parts !== undefined);
}

/** The SQL between a block and the next heading, or the next line that names a table. */
function sqlBelow(blocks: readonly Block[], from: number): Block[] {
  const found: Block[] = [];
  for (let at = from + 1; at < blocks.length; at++) {
    const block = blocks[at];
    if (block === undefined || block.kind === "heading" || (block.kind === "text" && tableOfLine(block.text)))
      break;
    if (isSql(block)) found.push(block);
  }
  return found;
}

function checkNames(written: string | undefined, location: Location): void {
  const long = writtenParts(written ?? "").parts.find((part) => Buffer.byteLength(part) > longestName);
  if (long === undefined) return;
  throw documentError(
    location,
    `the name ${long} has ${Buffer.byteLength(long)} bytes, more than the ${longestName} that PostgreSQL keeps`,
    "Shorten it.",
  );
}

function noDatabase(what: string, example: string): { readonly message: string; readonly hint: string } {
  return {
    message: `${what} is not below a database heading`,
    hint: `Put it below a heading such as "${example} Database".`,
  };
}

/** @throws SocratesError `document-invalid` for a phase that is too large, and for names that are too long */
function openSection(opening: Opening, block: Block, above: Above, database: string): Section {
  const phase = phaseOf(block.text) ?? above.phase;
  if (phase !== undefined && phase.to > maximumPhase)
    throw documentError(
      block.location,
      `phase ${phase.to} is larger than ${maximumPhase}`,
      "Number the phases 0, 1, 2; a date belongs elsewhere in the heading.",
    );
  checkNames(opening.written, block.location);
  return {
    location: block.location,
    headingEnd: block.lastLine,
    depth: block.kind === "heading" ? block.depth : Number.POSITIVE_INFINITY,
    written: opening.written,
    database,
    phase,
    fences: [],
  };
}

/**
 * The sections of a Markdown file. A heading begins the section of a table with `Table: users`, or if it names a table
 * that the SQL directly below it creates; a line of text if both hold.
 * @throws SocratesError `document-invalid` for a table without database, a phase or a name that is too long
 */
export function readSections(blocks: readonly Block[], databases: DatabaseNames): FileSections {
  const readAbove = readingAbove(databases);
  const sections: Section[] = [];
  const outside: { fence: Block; above: Above }[] = [];
  const unread: UnreadPart[] = [];
  let current: Section | undefined;
  for (const [i, block] of blocks.entries()) {
    const opening = openingOf(block, () => sqlBelow(blocks, i));
    if (opening !== undefined) {
      const above = readAbove(block);
      const what = opening.written === undefined ? `"${block.text}"` : `table ${opening.written}`;
      const { database } = above;
      if (database !== undefined) {
        current = openSection(opening, block, above, database);
        sections.push(current);
        continue;
      }
      const { message, hint } = noDatabase(what, databases.example);
      if (opening.isExplicit) throw documentError(block.location, message, hint);
      current = undefined;
    } else if (block.kind === "heading" && current !== undefined && block.depth <= current.depth)
      current = undefined;
    else if (isSql(block)) {
      if (current !== undefined) current.fences.push(block);
      else if (describesSchema(block)) {
        const above = readAbove(block);
        if (above.database !== undefined || !concernsTable(block)) outside.push({ fence: block, above });
        else
          unread.push({
            code: "no-database",
            severity: "warning",
            ...noDatabase("this SQL", databases.example),
            location: block.location,
          });
      }
    }
  }
  return { sections, outside, unread };
}
