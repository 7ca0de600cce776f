import { type Word, wordsOf } from "../sql/items.ts";
import type { Edit } from "./edits.ts";

/** Words as compared: names and keywords without regard to case. */
function keysOf(words: readonly Word[]): string[] {
  return words.map(({ text, keyword }) => (text.startsWith('"') ? text.slice(1, -1).toUpperCase() : keyword));
}

function commonStart(a: readonly string[], b: readonly string[]): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  return at;
}

/** The only place of a sequence in a list. */
function onlyPlace(list: readonly string[], wanted: readonly string[]): number | undefined {
  const places: number[] = [];
  for (let at = 0; at + wanted.length <= list.length; at++)
    if (wanted.every((word, i) => list[at + i] === word)) places.push(at);
  return places.length === 1 ? places[0] : undefined;
}

/**
 * The edit of a text that makes the same change as one generated text makes to another: where the words that differ,
 * with their neighbours, occur once. Undefined if they do not.
 * @param written the text to change
 */
export function patch(written: string, before: string, after: string): Edit | undefined {
  const [own, was, is] = [wordsOf(written), wordsOf(before), wordsOf(after)];
  const [ownKeys, wasKeys, isKeys] = [keysOf(own), keysOf(was), keysOf(is)];
  const start = commonStart(wasKeys, isKeys);
  const rest = Math.min(wasKeys.length, isKeys.length) - start;
  const end = Math.min(rest, commonStart([...wasKeys].reverse(), [...isKeys].reverse()));
  const wanted = is.slice(start, is.length - end);
  const [firstWanted, lastWanted] = [wanted[0], wanted.at(-1)];
  const text =
    firstWanted === undefined || lastWanted === undefined
      ? ""
      : after.slice(firstWanted.start, lastWanted.end);
  const gone = wasKeys.slice(start, wasKeys.length - end);
  // First with a word before and after; then, if something is replaced, alone.
  for (const [before1, after1] of [
    [1, 1],
    [1, 0],
    [0, 1],
    [0, 0],
  ] as const) {
    if (before1 + after1 === 0 && gone.length === 0) continue;
    if (before1 > start || after1 > end) continue;
    const context = wasKeys.slice(start - before1, wasKeys.length - end + after1);
    const isAtEnd = end === 0;
    const found =
      isAtEnd && gone.length === 0 && ownKeys.at(-1) === context[0]
        ? ownKeys.length - 1
        : onlyPlace(ownKeys, context);
    if (found === undefined) continue;
    const first = found + before1;
    const last = first + gone.length - 1;
    const [firstGone, lastGone] = [own[first], own[last]];
    if (gone.length > 0 && firstGone !== undefined && lastGone !== undefined) {
      if (text !== "") return { from: firstGone.start, to: lastGone.end, text };
      const previous = own[first - 1];
      return { from: previous?.end ?? firstGone.start, to: lastGone.end, text: "" };
    }
    const previous = own[first - 1];
    if (previous !== undefined) return { from: previous.end, to: previous.end, text: ` ${text}` };
    if (firstGone !== undefined) return { from: firstGone.start, to: firstGone.start, text: `${text} ` };
  }
  return undefined;
}
