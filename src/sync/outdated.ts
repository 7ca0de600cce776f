import type { Block } from "../document/markdown.ts";
import { isSql } from "../document/sql-fence.ts";
import type { PhasedSection } from "../document/tables.ts";
import type { SchemaObject } from "../schema/model.ts";
import { parentOf, partsOfName, shortName } from "../schema/names.ts";
import { type Change, objectOf } from "./changes.ts";
import { linesOf } from "./file-edits.ts";
import type { SourceDocument } from "./source.ts";

/** A part of the document that is out of date and stays as it is. */
export interface Outdated {
  readonly file: string;
  readonly line: number;
  readonly object: string;
  readonly what: string;
}

/** The changes of one database. */
export interface DatabaseChanges {
  /** Name of the database. */
  readonly database: string;
  readonly changes: readonly Change[];
  readonly kept: readonly Change[];
  readonly unfinished: readonly SchemaObject[];
  /** Columns of a table of the wanted schema. */
  readonly columnsOf: (table: string) => readonly string[];
}

function own(object: SchemaObject): string {
  return partsOfName(object.name).at(-1) ?? "";
}

const diagramLanguages: ReadonlySet<string> = new Set([
  "mermaid",
  "dot",
  "graphviz",
  "plantuml",
  "puml",
  "d2",
  "dbml",
]);

function isDrawing(block: Block): boolean {
  if (block.kind !== "fence" || isSql(block)) return false;
  return diagramLanguages.has(block.language) || /[\u2500-\u257f]|\+--/.test(block.text);
}

function wordsIn(text: string): Set<string> {
  return new Set(text.match(/[\p{L}_][\p{L}\p{M}\p{N}_$]*/gu) ?? []);
}

/** Drawings that this program did not make, and that show what no longer exists or lack what is new. */
function drawings(source: SourceDocument, { database, changes, kept }: DatabaseChanges): Outdated[] {
  const tables = source.document.tables.filter((table) => table.database === database);
  const names = tables.map(({ name }) => partsOfName(name).at(-1) ?? "");
  return source.blocks.flatMap((blocks, file) =>
    blocks.flatMap((block, i): Outdated[] => {
      const previous = blocks[i - 1];
      const isPrinted = previous?.kind === "html" && previous.text.includes("printed by: socrates-db");
      if (!isDrawing(block) || isPrinted) return [];
      const words = wordsIn(block.text);
      if (!names.some((name) => words.has(name))) return [];
      const wrong = [...changes, ...kept].flatMap((change) => {
        const object = objectOf(change);
        const isShown = words.has(own(object));
        const isGone = change.wanted === undefined;
        if (object.kind === "table" && change.documented === undefined && !isShown)
          return [`does not show table ${own(object)}`];
        if (object.kind === "table" && isGone && isShown) return [`shows table ${own(object)}`];
        const table = partsOfName(parentOf(object.name)).at(-1) ?? "";
        return object.kind === "column" && isGone && isShown && words.has(table)
          ? [`shows column ${own(object)} of ${table}`]
          : [];
      });
      const kind = diagramLanguages.has(block.language) ? `${block.language} drawing` : "drawing";
      return wrong.length === 0
        ? []
        : [
            {
              file: source.document.files[file] ?? "",
              line: block.location.line - 1,
              object: kind,
              what: wrong.join("; "),
            },
          ];
    }),
  );
}

/** The first cells of the rows of a Markdown table, with the line of the first row. */
function firstCells(
  text: string,
  from: number,
  to: number,
): { readonly line: number; readonly cells: string[] } | undefined {
  const rows = linesOf(text)
    .map((line, i) => ({ text: line.text.replace(/^[\s>]*/, ""), line: i + 1 }))
    .filter(({ text: row, line }) => line > from && line < to && row.startsWith("|"));
  const cells = rows.map(({ text: row }) => (row.split("|")[1] ?? "").replace(/[`*"\s]/g, ""));
  const [first] = rows;
  return first === undefined ? undefined : { line: first.line, cells };
}

/** Tables of Markdown next to the SQL of a table that list other columns than it has. */
function columnTables(source: SourceDocument, { database, changes, columnsOf }: DatabaseChanges): Outdated[] {
  const changed = new Set(
    changes.map(objectOf).flatMap((object) => (object.kind === "column" ? [parentOf(object.name)] : [])),
  );
  const sections = source.fences.filter(
    ({ table, section }) => table !== undefined && section.database === database && changed.has(table),
  );
  const seen = new Set<PhasedSection>();
  return sections.flatMap(({ section, table = "", file }): Outdated[] => {
    if (seen.has(section)) return [];
    seen.add(section);
    const last = section.fences.at(-1)?.lastLine ?? section.location.line;
    const found = firstCells(source.texts[file]?.text ?? "", section.location.line, last + 1);
    const columns = columnsOf(table);
    if (found === undefined || !found.cells.some((cell) => columns.includes(cell))) return [];
    const unlisted = columns.filter((column) => !found.cells.includes(column));
    const gone = changes
      .map(({ documented, wanted }) => (wanted === undefined ? documented : undefined))
      .flatMap((object) =>
        object?.kind === "column" && parentOf(object.name) === table ? [own(object)] : [],
      )
      .filter((column) => found.cells.includes(column));
    const what = [
      ...unlisted.map((column) => `does not list column ${column}`),
      ...gone.map((column) => `lists column ${column}`),
    ];
    return what.length === 0
      ? []
      : [
          {
            file: section.location.file,
            line: found.line,
            object: `Markdown table of ${shortName(table)}`,
            what: what.join("; "),
          },
        ];
  });
}

/** What `document sync` names and does not change: tables that stay, drawings, and tables of Markdown. */
export function outdatedParts(source: SourceDocument, changes: DatabaseChanges): Outdated[] {
  const kept = changes.kept.map(objectOf).map(({ name }) => {
    const statement = source.statements.find(
      ({ createsTable, table, fence }) =>
        createsTable && table === name && fence.section.database === changes.database,
    );
    const location = statement?.fence.table === name ? statement.fence.section.location : statement?.location;
    return {
      file: location?.file ?? source.document.files[0] ?? "",
      line: location?.line ?? 1,
      object: `table ${shortName(name)}`,
      what: "is only in the document and stays: --prune removes it",
    };
  });
  const unfinished = changes.unfinished.map(({ kind, name }) => ({
    file: source.document.files[0] ?? "",
    line: 1,
    object: `${kind} ${shortName(name)}`,
    what: "is invalid or not ready in the database, which no SQL describes",
  }));
  return [...kept, ...unfinished, ...drawings(source, changes), ...columnTables(source, changes)];
}
