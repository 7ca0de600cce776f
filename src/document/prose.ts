import type { DatabaseNames } from "./database-names.ts";
import { namePattern, phaseOf, remembered } from "./headings.ts";
import type { Block } from "./markdown.ts";
import type { AnnouncedMigration, DrawnTable, IndexClaim, ListedTable, StatedAccess } from "./model.ts";

/** Whether a heading above a block matches. */
function isUnder(pattern: RegExp): (block: Block) => boolean {
  const says = remembered((heading) => pattern.test(heading));
  return ({ headings }) => headings.some(says);
}

/** The database in the nearest heading above a block, or else that of the file. */
function databaseAbove({ inHeading, byDefault }: DatabaseNames): (block: Block) => string | undefined {
  const read = remembered(inHeading);
  return ({ headings }) => headings.map(read).findLast((found) => found !== undefined) ?? byDefault;
}

/** Lines such as `Total: 85 indexes`, `Phase 0-2 (MVP): 58 indexes`, `users: 4 indexes` in the section on indexes. */
export function readClaims(blocks: readonly Block[]): IndexClaim[] {
  const isAbout = isUnder(/^\s*indexes\s*$/i);
  return blocks.flatMap((block): IndexClaim[] => {
    if (block.kind !== "text" || !isAbout(block)) return [];
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

/** A name in prose without its quotes; bare names are folded. */
function bareName(name: string): string {
  return name
    .replace(/"[^"]*"|`[^`]*`|[^"`]+/g, (run) => (/^["`]/.test(run) ? run.slice(1, -1) : run.toLowerCase()))
    .replace(/^public\./, "");
}

/** The lists of tables below `Database 1: shop`. */
export function readListed(blocks: readonly Block[], databases: DatabaseNames): ListedTable[] {
  const isAbout = isUnder(/architecture/i);
  const above = databaseAbove(databases);
  return blocks.flatMap((block): ListedTable[] => {
    const database = above(block);
    if (block.kind !== "text" || database === undefined || !isAbout(block)) return [];
    const name = listedPattern.exec(block.text)?.[1];
    return name === undefined
      ? []
      : [{ name: bareName(name), database, phase: phaseOf(block.text)?.from, location: block.location }];
  });
}

/** Lines such as `**Access:** Restrictive` or `**Access:** More permissive` below a database's heading. */
export function readAccess(blocks: readonly Block[], databases: DatabaseNames): StatedAccess[] {
  const above = databaseAbove(databases);
  return blocks.flatMap((block): StatedAccess[] => {
    const database = above(block);
    const text = /^access:\s*(\S.*)$/i.exec(block.text)?.[1];
    const level = /(restrictive|permissive)/i.exec(text ?? "")?.[1]?.toLowerCase();
    if (block.kind !== "text" || database === undefined || text === undefined) return [];
    if (level !== "restrictive" && level !== "permissive") return [];
    return [{ database, level, text, location: block.location }];
  });
}

/** Migrations in the section on migration strategy: a line `Migration 003: …`, and the text up to the next one. */
export function readAnnounced(blocks: readonly Block[]): AnnouncedMigration[] {
  const found: AnnouncedMigration[] = [];
  const isAbout = isUnder(/^\s*migration/i);
  for (const block of blocks) {
    if (!isAbout(block) || block.kind === "heading") continue;
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
/** The text between two edges of boxes. */
const cellPattern = new RegExp(`[${edges}]([^${edges}\u250c\u2510\u2514\u2518\u2500]*)(?=[${edges}])`, "g");
const nameInBox = new RegExp(`^${namePattern}$`, "u");
const rules = "\u2500\u2550\u252c\u2534\u253c\u2564\u2567";

/** Remembers where rules in this row divide boxes: below are columns, above is the name. */
function noteRules(row: string, dividesAt: boolean[]): void {
  let before = " ";
  for (let at = 0; at < row.length; at++) {
    const c = row.charAt(at);
    if (rules.includes(c)) dividesAt[at] = "\u251c\u255e\u2560".includes(before);
    else before = c;
  }
}

interface Drawn {
  name: string;
  readonly line: number;
}

/** How far a name may be to the right of the edge of the cell below that continues it. */
const maxShift = 6;

/** Joins a name that a drawing breaks over two lines, `password_reset_` and `requests` below it. */
function namesInDrawing(text: string): Drawn[] {
  const names: Drawn[] = [];
  const dividesAt: boolean[] = [];
  let above = new Map<number, Drawn>();
  for (const [line, row] of text.split("\n").entries()) {
    const own = new Map<number, Drawn>();
    for (const { 1: cell = "", index } of row.matchAll(cellPattern)) {
      const name = cell.trim();
      const isName = nameInBox.test(name) && name === name.toLowerCase();
      if (!isName || dividesAt[index + 1] === true) continue;
      const broken = Array.from({ length: maxShift }, (_, i) => above.get(index + i)).find((drawn) =>
        drawn?.name.endsWith("_"),
      );
      if (broken !== undefined) broken.name += name;
      else {
        const drawn = { name, line };
        names.push(drawn);
        own.set(row.indexOf(name, index), drawn);
      }
    }
    above = own;
    noteRules(row, dividesAt);
  }
  return names;
}

/** The boxes of the drawings in the section on diagrams. */
export function readDrawn(blocks: readonly Block[]): DrawnTable[] {
  const isAbout = isUnder(/diagram/i);
  return blocks.flatMap((block) => {
    if (block.kind !== "fence" || !isAbout(block)) return [];
    return namesInDrawing(block.text).map(({ name, line }) => ({
      name,
      location: { ...block.location, line: block.location.line + line },
    }));
  });
}
