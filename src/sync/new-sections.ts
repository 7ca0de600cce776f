import { existsSync } from "node:fs";
import path from "node:path";
import { fence } from "../document/fence.ts";
import type { DocumentText } from "../document/files.ts";
import { plainHeading, tableOf } from "../document/headings.ts";
import type { Block } from "../document/markdown.ts";
import type { PhasedSection } from "../document/tables.ts";
import { sqlName } from "../repair/names.ts";
import { partsOfName, shortName } from "../schema/names.ts";
import { type FileEdit, lineBreakAt, linesOf } from "./file-edits.ts";
import { inStyle } from "./forms.ts";
import type { SourceDocument } from "./source.ts";

/** SQL of a table, or of what belongs to no table, that needs a section. */
export interface NewSection {
  /** The table, for example `public.users`; undefined for other objects. */
  readonly table: string | undefined;
  /** The words of the heading of other objects: `types, functions`. */
  readonly title: string;
  readonly statements: readonly string[];
  readonly phase: number;
}

/** A new section as an edit, or as a new file. */
export interface PlacedSection {
  readonly edit?: FileEdit;
  readonly created?: DocumentText;
}

/** The section after which a new one goes: the last of its database in its phase, an earlier one, or any. */
function neighbourOf(
  { sections }: SourceDocument,
  database: string,
  phase: number,
): PhasedSection | undefined {
  const own = sections.filter((section) => section.database === database && section.depth > 0);
  const tables = own.filter(({ written }) => written !== undefined);
  return (
    tables.findLast((section) => section.phase.from === phase) ??
    tables.findLast((section) => section.phase.from < phase) ??
    tables.at(-1) ??
    own.at(-1)
  );
}

/** The number of the line before which a section's successor begins; lines count from 1. */
function lineAfter(
  { fences, location, depth }: PhasedSection,
  blocks: readonly Block[],
  last: number,
): number {
  const end = fences.at(-1)?.lastLine ?? location.line;
  const isNext = (block: Block) =>
    block.kind === "heading" && block.location.line > end && block.depth <= depth;
  return blocks.find(isNext)?.location.line ?? last + 1;
}

/** The heading of a section, if a heading begins it. */
function headingOf(section: PhasedSection, blocks: readonly Block[]): Block | undefined {
  return blocks.find(({ kind, location }) => kind === "heading" && location.line === section.location.line);
}

/** The words of a new heading, like those of its neighbour: with `Table:` unless that is only a name. */
function titleFor(
  { table, title, phase }: NewSection,
  neighbour: PhasedSection | undefined,
  heading: Block | undefined,
): string {
  const needsPhase = neighbour !== undefined && neighbour.phase.from !== phase;
  const suffix = needsPhase || /\(phase \d+\)/i.test(heading?.text ?? "") ? ` (Phase ${phase})` : "";
  if (table === undefined) return `Objects: ${title}${suffix}`;
  const name = sqlName(shortName(table));
  const isBare =
    heading !== undefined &&
    tableOf(heading.text) === undefined &&
    partsOfName(neighbour?.written ?? "").at(-1) === plainHeading(heading.text);
  return isBare ? `${partsOfName(table).at(-1)}${suffix}` : `Table: ${name}${suffix}`;
}

/** Whether each table of the document has a separate file. */
function hasFilePerTable({ document, sections }: SourceDocument): boolean {
  const files = sections.filter(({ written }) => written !== undefined).map(({ location }) => location.file);
  return files.length > 1 && document.files.length > 1 && new Set(files).size === files.length;
}

function newFile(
  source: SourceDocument,
  section: NewSection,
  neighbour: PhasedSection,
): DocumentText | undefined {
  const beside = source.texts.find(({ name }) => name === neighbour.location.file);
  const own = partsOfName(section.table ?? "").at(-1) ?? "";
  if (beside === undefined || /[^\p{L}\p{N}_ -]/u.test(own)) return undefined;
  const rename = (file: string) => path.join(path.dirname(file), `${own}${path.extname(file)}`);
  if (existsSync(rename(beside.path))) return undefined;
  const blocks = source.blocks[source.texts.indexOf(beside)] ?? [];
  const heading = headingOf(neighbour, blocks);
  const sample = neighbour.fences[0]?.text ?? "";
  const sql = section.statements.map((statement) => `${inStyle(statement, sample)};`).join("\n\n");
  const mark = "#".repeat(heading?.depth ?? 1);
  const text = beside.isSql
    ? `${sql}\n`
    : `${mark} ${titleFor(section, neighbour, heading)}\n\n${fence("sql", sql)}`;
  const lineBreak = lineBreakAt(linesOf(beside.text), 0);
  return {
    ...beside,
    path: rename(beside.path),
    name: rename(beside.name),
    text: text.replaceAll("\n", lineBreak),
  };
}

/** The edit that inserts a text before a line; at the end of the file, after an empty line. */
function insertBefore(source: SourceDocument, file: number, line: number, text: string): FileEdit {
  const lines = linesOf(source.texts[file]?.text ?? "");
  const total = source.texts[file]?.text.length ?? 0;
  const at = lines[line - 1]?.start ?? total;
  const lineBreak = lineBreakAt(lines, Math.max(0, line - 2));
  const before = (source.texts[file]?.text ?? "").slice(0, at);
  const isEnd = at === total;
  const [ends, isBlank] = [/(?:\r\n?|\n)$/.test(before), /(?:\r\n?|\n)[ \t]*(?:\r\n?|\n)$/.test(before)];
  const lead = before === "" || isBlank ? "" : ends ? "\n" : "\n\n";
  const trail = isEnd ? text.replace(/\n$/, ends || before === "" ? "\n" : "") : `${text}\n`;
  return { file, from: at, to: at, text: `${lead}${trail}`.replaceAll("\n", lineBreak) };
}

/**
 * Places a new section in the document: after its neighbour, in a separate file where each table has one, or at the
 * end below a new heading of its database.
 */
export function placeSection(source: SourceDocument, database: string, section: NewSection): PlacedSection {
  const neighbour = neighbourOf(source, database, section.phase);
  if (neighbour !== undefined && section.table !== undefined && hasFilePerTable(source)) {
    const created = newFile(source, section, neighbour);
    if (created !== undefined) return { created };
  }
  const sample = neighbour?.fences[0]?.text ?? source.fences[0]?.block.text ?? "";
  const sql = section.statements.map((statement) => `${inStyle(statement, sample)};`).join("\n\n");
  const file =
    neighbour === undefined
      ? source.texts.length - 1
      : source.document.files.indexOf(neighbour.location.file);
  const text = source.texts[file];
  if (text === undefined) throw new Error("a document has a file");
  const lines = linesOf(text.text);
  const last = lines.at(-1)?.text === "" ? lines.length - 1 : lines.length;
  if (text.isSql) return { edit: insertBefore(source, file, last + 1, `${sql}\n`) };
  const blocks = source.blocks[file] ?? [];
  if (neighbour === undefined) {
    const body = `## ${database} Database\n\n### ${titleFor(section, undefined, undefined)}\n\n${fence("sql", sql)}`;
    return { edit: insertBefore(source, file, last + 1, body) };
  }
  const heading = headingOf(neighbour, blocks);
  const depth =
    heading?.depth ?? neighbour.fences[0]?.headings.findLastIndex((each) => each !== undefined) ?? 2;
  const mark = "#".repeat(Math.max(1, depth));
  const line = lineAfter({ ...neighbour, depth: Math.max(1, depth) }, blocks, last);
  const body = `${mark} ${titleFor(section, neighbour, heading)}\n\n${fence("sql", sql)}`;
  return { edit: insertBefore(source, file, line, body) };
}

/** The edit that removes a section with its heading and its prose, up to the next one. */
export function removeSection(source: SourceDocument, section: PhasedSection): FileEdit {
  const file = source.document.files.indexOf(section.location.file);
  const text = source.texts[file]?.text ?? "";
  const lines = linesOf(text);
  const starts = source.sections
    .filter((other) => other.location.file === section.location.file)
    .map(({ location }) => location.line)
    .filter((line) => line > section.location.line);
  const next = Math.min(lineAfter(section, source.blocks[file] ?? [], lines.length), ...starts);
  return {
    file,
    from: lines[section.location.line - 1]?.start ?? 0,
    to: lines[next - 1]?.start ?? text.length,
    text: "",
  };
}
