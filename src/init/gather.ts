import path from "node:path";
import type { Note, Part, Range, Repository } from "./model.ts";

/** A file that cannot be taken over, and so nothing of its folder. */
export class Refusal extends Error {
  readonly note: Note;
  constructor(from: string, reason: string) {
    super(`${from}: ${reason}`);
    this.note = { from, reason };
  }
}

/** What to do where a migration is not SQL, so that its SQL exists only when it runs. */
export const startWithBaseline =
  "start with a baseline of a database that has all of them: socrates-db init --from KEY=URL";

/** Makes a result of each item; collects the refusals. */
export function gather<Item, Result>(
  items: readonly Item[],
  make: (item: Item) => Result,
): { readonly made: Result[]; readonly refused: Note[] } {
  const made: Result[] = [];
  const refused: Note[] = [];
  for (const item of items) {
    try {
      made.push(make(item));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused.push(error.note);
    }
  }
  return { made, refused };
}

/** A file of a tool's folder with its text. */
export interface ToolFile {
  /** Relative to the tool's folder. */
  readonly from: string;
  /** Absolute path. */
  readonly path: string;
  readonly text: string;
}

/** Reads a file of a tool's folder. @throws Refusal if it is not UTF-8 */
export function readFile(repository: Repository, folder: string, from: string): ToolFile {
  const file = path.posix.join(folder, from);
  const content = repository.text(file);
  if ("flaw" in content) throw new Refusal(from, content.flaw);
  return { from, path: path.join(repository.root, file), text: content.text };
}

/** A whole file as one direction of a migration. */
export function wholeFile(file: ToolFile, noTransaction = false): Part {
  return { ...file, ranges: [{ start: 0, end: file.text.length }], noTransaction };
}

/** Ranges of a file as one direction of a migration. */
export function partOf(file: ToolFile, ranges: readonly Range[], noTransaction: boolean): Part {
  return { ...file, ranges, noTransaction };
}

/** The line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** One refusal for each pair of neighbours with the same version. */
export function refuseTwins(
  versions: readonly { readonly from: string; readonly version: string }[],
): Note[] {
  const first = new Map<string, string>();
  return versions.flatMap(({ from, version }) => {
    const other = first.get(version);
    first.set(version, other ?? from);
    return other === undefined
      ? []
      : [{ from, reason: `has the same version, ${version}, as ${other}: the order is not defined` }];
  });
}

/** Compares the digits of two texts as integers of any length. */
export function byNumber(a: string, b: string): number {
  const [left, right] = [BigInt(a), BigInt(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Compares as Go and PostgreSQL's C collation do, not by the user's language. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
