import type { Block } from "./markdown.ts";
import type { AnnouncedMigration, DrawnTable, IndexClaim, ListedTable, StatedAccess } from "./model.ts";
import { databaseOf, phaseOf } from "./tables.ts";

function under(block: Block, pattern: RegExp): boolean {
  return block.headings.some((heading) => pattern.test(heading ?? ""));
}

/** Lines such as `Total: 85 indexes`, `Phase 0-2 (MVP): 58 indexes`, `users: 4 indexes` in the section on indexes. */
export function readClaims(blocks: readonly Block[]): IndexClaim[] {
  return blocks.flatMap((block): IndexClaim[] => {
    if (block.kind !== "text" || !under(block, /^\s*indexes\s*$/i)) return [];
    const match = /^(.*?):\s*(\d+)\s+index(?:es)?\b/i.exec(block.text);
    const subject = match?.[1]?.trim();
    if (subject === undefined) return [];
    const phase = phaseOf(subject);
    const about = /^(grand\s+)?total$/i.test(subject)
      ? "all"
      : phase === undefined
        ? { table: subject.toLowerCase() }
        : { phase };
    return [{ text: block.text, claimed: Number(match?.[2]), about, location: block.location }];
  });
}

/** The lists of tables below `Database 1: socrates_auth`. */
export function readListed(blocks: readonly Block[]): ListedTable[] {
  return blocks.flatMap((block): ListedTable[] => {
    const database = block.headings.map(databaseOf).findLast((found) => found !== undefined);
    if (block.kind !== "text" || database === undefined || !under(block, /architecture/i)) return [];
    const name = /^`?([a-z_][a-z0-9_$]*)`?(?:\s*\(phase\s+\d+\))?$/i.exec(block.text)?.[1];
    return name === undefined
      ? []
      : [{ name: name.toLowerCase(), database, phase: phaseOf(block.text)?.from, location: block.location }];
  });
}

/** Lines such as `**Access:** Restrictive` or `**Access:** More permissive` below the heading of a database. */
export function readAccess(blocks: readonly Block[]): StatedAccess[] {
  return blocks.flatMap((block): StatedAccess[] => {
    const database = block.headings.map(databaseOf).findLast((found) => found !== undefined);
    const text = /^access:\s*(.+)$/i.exec(block.text)?.[1];
    const level = /(restrictive|permissive)/i.exec(text ?? "")?.[1]?.toLowerCase();
    if (block.kind !== "text" || database === undefined || text === undefined) return [];
    if (level !== "restrictive" && level !== "permissive") return [];
    return [{ database, level, text, location: block.location }];
  });
}

/** Migrations in the section on migration strategy: a line `Migration 003: …`, and what follows it up to the next one. */
export function readAnnounced(blocks: readonly Block[]): AnnouncedMigration[] {
  const found: AnnouncedMigration[] = [];
  for (const block of blocks) {
    if (!under(block, /^\s*migration/i) || block.kind === "heading") continue;
    for (const [i, line] of block.text.split("\n").entries()) {
      const number = /\bmigration\s+(\d+)\b/i.exec(line)?.[1];
      const last = found.at(-1);
      if (number !== undefined)
        found.push({
          number: Number(number),
          text: line,
          location: { ...block.location, line: block.location.line + i },
        });
      else if (last !== undefined) found[found.length - 1] = { ...last, text: `${last.text} ${line}` };
    }
  }
  return found;
}

const edges = "│|├┤";
/** What stands between two edges of boxes. Regular expressions of the program are written in ASCII, as the build keeps them as they are. */
const cellPattern = new RegExp(`[${edges}]([^${edges}┌┐└┘─]*)(?=[${edges}])`, "g");

/** A name that a drawing breaks over two lines, `password_reset_` and `requests` below it, is joined. */
function namesInDrawing(text: string): { name: string; line: number }[] {
  const names: { name: string; line: number }[] = [];
  const rows = text.split("\n");
  for (const [i, row] of rows.entries()) {
    for (const match of row.matchAll(cellPattern)) {
      const word = match[1]?.trim() ?? "";
      if (!/^[a-z_][a-z0-9_]*$/.test(word)) continue;
      const above = names.find(
        ({ name, line }) => line === i - 1 && name.endsWith("_") && sameColumn(rows, i, name, match.index),
      );
      if (above !== undefined) above.name += word;
      else names.push({ name: word, line: i });
    }
  }
  return names;
}

function sameColumn(rows: readonly string[], i: number, name: string, at: number): boolean {
  const column = rows[i - 1]?.indexOf(name) ?? -1;
  return column >= at && column - at < 6;
}

/** The boxes of the drawings in the section on diagrams. */
export function readDrawn(blocks: readonly Block[]): DrawnTable[] {
  return blocks.flatMap((block) => {
    if (block.kind !== "fence" || !under(block, /diagram/i)) return [];
    return namesInDrawing(block.text).map(({ name, line }) => ({
      name,
      location: { ...block.location, line: block.location.line + line },
    }));
  });
}
