import type { PhaseRange } from "./model.ts";

/** Larger phases are refused: each one is a point at which a schema is compared. */
export const maximumPhase = 999;

/** An identifier in prose: quoted as in SQL or Markdown, or bare, in any script. */
export const identifierPattern = '(?:"(?:[^"]|"")+"|`[^`]+`|[\\p{L}_][\\p{L}\\p{M}\\p{N}_$]*)';

/** A name with or without a schema. */
export const namePattern = `${identifierPattern}(?:\\.${identifierPattern})*`;

/**
 * The words of a heading, without anchors, numbering, emoji and leading marks, and with full-width characters as
 * plain ones. `3.1 Table: pots {#pots}` is `Table: pots`.
 */
export function plainHeading(heading: string | undefined): string {
  return (heading ?? "")
    .normalize("NFKC")
    .replace(/<[^>]{0,200}>|\{[#.][^}]{0,200}\}/g, "")
    .replace(/^[^\p{L}_"`]{1,60}(?=[\p{L}_"`])/u, "")
    .trim();
}

/** Caches how a heading is read, as every block below it asks again. */
export function remembered<T>(read: (heading: string) => T): (heading: string | undefined) => T {
  const known = new Map<string, { readonly value: T }>();
  return (heading = "") => {
    const found = known.get(heading) ?? { value: read(heading) };
    known.set(heading, found);
    return found.value;
  };
}

/** Every dash of Unicode, as NFKC leaves it. */
const dash = "[-\\u2010-\\u2015\\u2212\\u301c~]";
const rangeWord = `(?:\\s*(?:${dash}|\\.\\.+|\\u2026|\\/|&)\\s*|\\s+(?:to|through|thru|until|up to|and|bis)\\s+)`;
const phasePattern = new RegExp(`\\bphases?[\\s:#]*(\\d+(?:${rangeWord}(?:phase\\s+)?\\d+)*)`, "iu");

/** The phases in a heading: `Phase 3`, `Phase 0-2`, `Phases 0 to 2`, with any dash; the first match. */
export function phaseOf(heading: string | undefined): PhaseRange | undefined {
  const text = phasePattern.exec((heading ?? "").normalize("NFKC"))?.[1];
  if (text === undefined) return undefined;
  const numbers = (text.match(/\d+/g) ?? []).map(Number).sort((a, b) => a - b);
  return { from: numbers.at(0) ?? 0, to: numbers.at(-1) ?? 0 };
}

/** "Table" in several languages: Table, Tabelle, Tabla, Tableau, and in Cyrillic, Chinese, Japanese, Korean. */
const tableWords = [
  "tables?",
  "tabelle",
  "tabela",
  "tabella",
  "tabla",
  "tabel",
  "tabell",
  "tabulka",
  "taulu",
  "tablo",
  "tableau",
  "\\u0442\\u0430\\u0431\\u043b\\u0438\\u0446\\u0430",
  "\\u8868",
  "\\u30c6\\u30fc\\u30d6\\u30eb",
  "\\ud14c\\uc774\\ube14",
].join("|");
const tablePattern = new RegExp(`^(?:${tableWords})\\s*:\\s*(${namePattern})`, "iu");

const tableLine = new RegExp(
  `^(?:${tableWords})\\s*:\\s*${namePattern}\\s*(?:\\([^)]{0,100}\\))?\\s*:?$`,
  "iu",
);

/** Whether a line of text is only the name of a table, like a heading: `Table: users (Phase 2)`. */
export function tableOfLine(line: string): boolean {
  return tableLine.test(plainHeading(line));
}

const identifiers = new RegExp(identifierPattern, "gu");

/** The parts of a name in a heading, without quotes, and whether the last one is quoted and so not folded. */
export function writtenParts(written: string): { readonly parts: string[]; readonly isQuoted: boolean } {
  const parts = written.match(identifiers) ?? [];
  return {
    parts: parts.map((part) => part.replace(/^["`]|["`]$/g, "").replaceAll('""', '"')),
    isQuoted: parts.at(-1)?.startsWith('"') === true,
  };
}

/** Whether a heading has a name as one of its words, in either case. */
export function mentions(heading: string, name: string): boolean {
  const { parts } = writtenParts(plainHeading(heading));
  return parts.some((part) => part === name || part.toLowerCase() === name);
}

/** Whether a heading begins the SQL of what belongs to no table: `Objects: types and functions`. */
export function beginsObjects(heading: string | undefined): boolean {
  return /^objects\s*:/i.test(plainHeading(heading));
}

/** The table in a heading, as written: `Table: users`, with its schema and quotes if it has them. */
export function tableOf(heading: string | undefined): string | undefined {
  return tablePattern.exec(plainHeading(heading))?.[1];
}
