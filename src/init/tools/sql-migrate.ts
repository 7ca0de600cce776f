import { startsStatement } from "../../sql/tokens.ts";
import { byNumber, byText, gather, lineAt, partOf, Refusal, readFile, type ToolFile } from "../gather.ts";
import { markersOf, sectionsOf } from "../markers.ts";
import type { Note, Tool, ToolMigration } from "../model.ts";
import { filesBelow, foldersWithLine } from "../repository.ts";

type Word = "Up" | "Down" | "StatementBegin" | "StatementEnd";

function readMarker(line: string): { word: Word; options: string } | undefined {
  const [, word, options = ""] = /^-- \+migrate\s+(\S+)(?:\s+(\S.*))?$/.exec(line) ?? [];
  return word === "Up" || word === "Down" || word === "StatementBegin" || word === "StatementEnd"
    ? { word, options }
    : undefined;
}

function migrationOf(file: ToolFile): ToolMigration {
  const markers = markersOf(file.text, readMarker);
  const { before, sections } = sectionsOf(file.text, markers);
  if (!markers.some(({ word }) => word === "Up"))
    throw new Refusal(file.from, 'has no line "-- +migrate Up"');
  // sql-migrate leaves out what is above the first marker.
  if (startsStatement(file.text.slice(before.start, before.end)))
    throw new Refusal(file.from, `line ${lineAt(file.text, 0)}: a statement is above "-- +migrate Up"`);
  // A statement's own markers do not change the direction.
  let direction: Word = "Up";
  const directed = sections.map((section) => {
    if (section.word === "Up" || section.word === "Down") direction = section.word;
    return { ...section, direction };
  });
  const part = (wanted: "Up" | "Down", first: readonly (typeof before)[]) =>
    partOf(
      file,
      [...first, ...directed.filter((section) => section.direction === wanted)],
      markers.some(({ word, options }) => word === wanted && /\bnotransaction\b/.test(options)),
    );
  return {
    from: file.from,
    name: file.from.replace(/^\d+[-_]?/, "").replace(/\.sql$/, ""),
    version: file.from,
    up: part("Up", [before]),
    down: markers.some(({ word }) => word === "Down") ? part("Down", []) : undefined,
    expectsDown: true,
  };
}

/** By the number at the start of the name; files with equal numbers, and those without one, by their names. */
function byId(a: ToolMigration, b: ToolMigration): number {
  const [left, right] = [a, b].map(({ from }) => /^\d+/.exec(from)?.[0]);
  if (left !== undefined && right !== undefined) return byNumber(left, right) || byText(a.from, b.from);
  return left === right ? byText(a.from, b.from) : left === undefined ? 1 : -1;
}

/** All files `*.sql` of one folder, with lines `-- +migrate Up` and `-- +migrate Down`. */
export const sqlMigrate: Tool = {
  name: "sql-migrate",
  title: "sql-migrate",
  ledger: { table: "gorp_migrations", query: (table) => `SELECT id AS version FROM ${table}` },
  find: (repository) => foldersWithLine(repository, /^-- \+migrate[^\S\n]+Up\b/m),
  read: (repository, folder) => {
    const files = filesBelow(repository, folder);
    const own = files.filter((from) => from.endsWith(".sql") && !from.includes("/"));
    const { made, refused } = gather(own, (from) => migrationOf(readFile(repository, folder, from)));
    const skips = files
      .filter((from) => !own.includes(from))
      .map((from): Note => ({ from, reason: "is not a file *.sql of this folder" }));
    return { migrations: made.sort(byId), skips, warnings: [], refused };
  },
};
