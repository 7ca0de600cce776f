import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/** What a document may look like after `document sync`. */
export interface Want {
  readonly databases: readonly string[];
  readonly has: readonly string[];
  readonly lacks: readonly string[];
  /** Words that the output must say. */
  readonly says: readonly string[];
  /** By file; lines count from 1. */
  readonly mayChange: ReadonlyMap<string, ReadonlySet<number>>;
  readonly mayInsertAfter: ReadonlySet<number>;
}

function numbers(text: string): Set<number> {
  const ranges = text.match(/\d+(?:-\d+)?/g) ?? [];
  return new Set(
    ranges.flatMap((range) => {
      const [from = 0, to = from] = range.split("-").map(Number);
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    }),
  );
}

/** Reads a `want.txt`. @param file the document's file, for lines that name none */
export function readWant(text: string, file: string): Want {
  const valuesOf = (key: string) =>
    text
      .split("\n")
      .filter((line) => line.startsWith(`${key}:`))
      .map((line) => line.slice(key.length + 1).trim());
  const mayChange = new Map<string, ReadonlySet<number>>();
  for (const value of valuesOf("may change")) {
    const [, name = file, lines = ""] = /^(?:(\S+\.md): )?(.*)$/.exec(value) ?? [];
    mayChange.set(name, numbers(lines));
  }
  return {
    databases: valuesOf("database").flatMap((value) => value.split(", ")),
    has: valuesOf("has"),
    lacks: valuesOf("lacks"),
    says: valuesOf("says").flatMap((value) => value.split(", ")),
    mayChange,
    mayInsertAfter: new Set(valuesOf("may insert after line").flatMap((value) => [...numbers(value)])),
  };
}

/** The lines of a text with their line ends. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Whether a text follows from another one by changes and insertions in the allowed lines alone. */
export function isAllowed(
  before: string,
  after: string,
  mayChange: ReadonlySet<number>,
  mayInsertAfter: ReadonlySet<number>,
): boolean {
  const [was, is] = [linesOf(before), linesOf(after)];
  const known = new Map<string, boolean>();
  // The first `i` lines became the first `j`.
  const follows = (i: number, j: number): boolean => {
    const key = `${i} ${j}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, false);
    const mayInsert = mayInsertAfter.has(i) || mayChange.has(i) || mayChange.has(i + 1);
    // A line end is added where a line follows the last one.
    const isSame = was[i] === is[j] || (i === was.length - 1 && `${was[i]}\n` === is[j]);
    const result =
      (i === was.length && j === is.length) ||
      (i < was.length && j < is.length && isSame && follows(i + 1, j + 1)) ||
      (i < was.length && mayChange.has(i + 1) && follows(i + 1, j)) ||
      (j < is.length && mayInsert && follows(i, j + 1));
    known.set(key, result);
    return result;
  };
  return follows(0, 0);
}

/** The files of a folder by their names, or one file. */
export function filesIn(place: string, name: string): Map<string, string> {
  if (statSync(place).isFile()) return new Map([[name, readFileSync(place, "utf8")]]);
  return new Map(
    readdirSync(place, { recursive: true, encoding: "utf8" })
      .filter((file) => statSync(path.join(place, file)).isFile())
      .map((file) => [`${name}/${file}`, readFileSync(path.join(place, file), "utf8")]),
  );
}

/** A text without regard to case and to the amount of white space. */
export function flattened(text: string): string {
  return text.replace(/\s+/g, " ").toLowerCase();
}
