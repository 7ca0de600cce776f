import type { Range } from "./model.ts";

/** A line that divides a file: what it begins, and where. */
export interface Marker<Word extends string> extends Range {
  /** What begins after the line. */
  readonly word: Word;
  /** The options after the word. */
  readonly options: string;
}

/**
 * The lines of a text that a pattern recognises as markers, each with its line break.
 * @param read what a line means; undefined for other lines
 */
export function markersOf<Word extends string>(
  text: string,
  read: (line: string) => { readonly word: Word; readonly options: string } | undefined,
): Marker<Word>[] {
  const markers: Marker<Word>[] = [];
  let start = 0;
  for (const line of text.split(/(?<=\n)/)) {
    const found = read(line.trimEnd());
    const end = start + line.length;
    if (found !== undefined) markers.push({ ...found, start, end });
    start = end;
  }
  return markers;
}

/** The text between markers: before the first one, and after each. */
export function sectionsOf<Word extends string>(
  text: string,
  markers: readonly Marker<Word>[],
): { readonly before: Range; readonly sections: readonly (Range & { readonly word: Word })[] } {
  return {
    before: { start: 0, end: markers[0]?.start ?? text.length },
    sections: markers.map(({ word, end }, i) => ({
      word,
      start: end,
      end: markers[i + 1]?.start ?? text.length,
    })),
  };
}
