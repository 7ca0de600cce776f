import type { NamedDatabase } from "../databases.ts";
import { type Location, SocratesError } from "../errors.ts";
import { dotted } from "../schema/names.ts";
import { placesOf } from "../sql/source-file.ts";
import { type Statement, splitStatements } from "../sql/statements.ts";
import { lineComments, UnterminatedError } from "../sql/tokens.ts";
import { documentError } from "./error.ts";
import type { DocumentText } from "./files.ts";
import { maximumPhase } from "./headings.ts";
import type { Block } from "./markdown.ts";
import { databaseOfDirective, unknownDirective } from "./of-file.ts";
import type { FileSections, Section } from "./sections.ts";
import { createdTable } from "./statement-tables.ts";

/** What the comments `-- socrates-db: …` of a file say. */
interface Directives {
  readonly database: string | undefined;
  /** Each phase with the offset from which it holds. */
  readonly phases: readonly { readonly offset: number; readonly phase: number }[];
}

function readDirectives(text: string, file: string, databases: readonly NamedDatabase[]): Directives {
  const phases: { offset: number; phase: number }[] = [];
  const placeOf = placesOf(text);
  let database: string | undefined;
  for (const comment of lineComments(text, text.length)) {
    const directive = /^--\s*socrates-db:\s*(.*?)\s*$/.exec(comment.text)?.[1];
    if (directive === undefined) continue;
    const location = { file, ...placeOf(comment.offset) };
    const [, name, value = ""] = /^(database|phase)\s+(\S+)$/.exec(directive) ?? [];
    if (name === "database") database = databaseOfDirective(value, location, databases);
    else if (name === "phase" && /^\d{1,3}$/.test(value) && Number(value) <= maximumPhase)
      phases.push({ offset: comment.offset, phase: Number(value) });
    else throw unknownDirective(directive, location);
  }
  return { database, phases };
}

function statementsIn(text: string, file: string): Statement[] {
  try {
    return splitStatements(text);
  } catch (error) {
    if (!(error instanceof UnterminatedError)) throw error;
    const location = { file, ...placesOf(text)(error.offset) };
    throw documentError(location, `${error.what} is never closed`, "Close it, or remove what opens it.");
  }
}

/** A part of the text as a code block whose lines keep their columns. */
function blockAt(text: string, { file, line }: Location, from: number, to: number): Block {
  const lineStart = text.lastIndexOf("\n", from - 1) + 1;
  const part = text.slice(from, to);
  return {
    headings: [],
    kind: "fence",
    depth: 0,
    language: "sql",
    text: " ".repeat(from - lineStart) + part,
    location: { file, line, column: 1 },
    lastLine: line + part.trimEnd().split("\n").length - 1,
  };
}

/**
 * The sections of a SQL file: each CREATE TABLE begins one, which ends before the next; what is before the first
 * belongs to no table. The database is that of a comment `-- socrates-db: database shop`, or else of the file's name or
 * folder, or the only one; a comment `-- socrates-db: phase 2` holds for what follows.
 * @throws SocratesError `document-invalid` for a file of no database, an unknown directive, and SQL that is not complete
 */
export function readSqlSections(
  { text: source, name: file, database: named }: DocumentText,
  databases: readonly NamedDatabase[],
): FileSections {
  // Lines as in a code block of Markdown.
  const text = source.replace(/\r\n?/g, "\n");
  const { database: stated, phases } = readDirectives(text, file, databases);
  const [only, second] = databases;
  const database = stated ?? named ?? (second === undefined ? only?.name : undefined);
  if (database === undefined)
    throw new SocratesError("document-invalid", `${file} does not say to which database it belongs`, {
      hint: `Name the file or its folder after the database, or begin it with: -- socrates-db: database ${only?.key}`,
    });
  const statements = statementsIn(text, file);
  const phaseAt = (offset: number) => phases.findLast((found) => found.offset < offset)?.phase;
  const starts = statements.flatMap(({ offset, words, names: folded }, i) => {
    const created = createdTable(words, folded);
    const isNewPhase = phaseAt(offset) !== phaseAt(statements[i - 1]?.offset ?? 0);
    return i === 0 || created !== undefined || isNewPhase ? [{ offset, created }] : [];
  });
  const placeOf = placesOf(text);
  const sections = starts.map(({ offset, created }, i): Section => {
    const phase = phaseAt(offset);
    const location = { file, ...placeOf(offset) };
    const fence = blockAt(text, location, offset, starts[i + 1]?.offset ?? text.length);
    return {
      location,
      headingEnd: fence.location.line,
      depth: 0,
      written: created && dotted(...created),
      database,
      phase: phase === undefined ? undefined : { from: phase, to: phase },
      fences: [fence],
    };
  });
  return { sections, outside: [], unread: [] };
}
