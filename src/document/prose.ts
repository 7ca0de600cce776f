import { databaseOf, namePattern, phaseOf } from "./headings.ts";
import type { Block } from "./markdown.ts";
import type { AnnouncedMigration, DrawnTable, IndexClaim, ListedTable, StatedAccess } from "./model.ts";

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
        ? { table: bareName(subject) }
        : { phase };
    return [{ text: block.text, claimed: Number(match?.[2]), about, location: block.location }];
  });
}

const listedPattern = new RegExp(`^(${namePattern})(?:\\s*\\(phase\\s+\\d+\\))?$`, "iu");

/** A name in prose without its quotes; those that are bare are folded. */
function bareName(name: string): string {
  return name
    .replace(/"[^"]*"|`[^`]*`|[^"`]+/g, (run) => (/^["`]/.test(run) ? run.slice(1, -1) : run.toLowerCase()))
    .replace(/^public\./, "");
}

/** The lists of tables below `Database 1: socrates_auth`. */
export function readListed(blocks: readonly Block[]): ListedTable[] {
  return blocks.flatMap((block): ListedTable[] => {
    const database = block.headings.map(databaseOf).findLast((found) => found !== undefined);
    if (block.kind !== "text" || database === undefined || !under(block, /architecture/i)) return [];
    const name = listedPattern.exec(block.text)?.[1];
    return name === undefined
      ? []
      : [{ name: bareName(name), database, phase: phaseOf(block.text)?.from, location: block.location }];
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

const edges = "\u2502|\u251c\u2524";
/** What is between two edges of boxes. */
const cellPattern = new RegExp(`[${edges}]([^${edges}\u250c\u2510\u2514\u2518\u2500]*)(?=[${edges}])`, "g");
const nameInBox = new RegExp(`^${namePattern}$`, "u");
const rules = "\u2500\u2550\u252c\u2534\u253c\u2564\u2567";

/** Whether a cell is below a rule that divides its box: what is listed there are columns, the name is above. */
function isBelowRule(rows: readonly string[], row: number, at: number): boolean {
  for (let above = row - 1; above >= 0; above--) {
    const line = rows[above] ?? "";
    if (!rules.includes(line[at] ?? " ")) continue;
    let left = at;
    while (left > 0 && rules.includes(line[left - 1] ?? " ")) left--;
    return "\u251c\u255e\u2560".includes(line[left - 1] ?? " ");
  }
  return false;
}

/** A name that a drawing breaks over two lines, `password_reset_` and `requests` below it, is joined. */
function namesInDrawing(text: string): { name: string; line: number }[] {
  const names: { name: string; line: number }[] = [];
  const rows = text.split("\n");
  for (const [i, row] of rows.entries()) {
    for (const match of row.matchAll(cellPattern)) {
      const word = match[1]?.trim() ?? "";
      const isName = nameInBox.test(word) && word === word.toLowerCase();
      if (!isName || isBelowRule(rows, i, match.index + 1)) continue;
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
