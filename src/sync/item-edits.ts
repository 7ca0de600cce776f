import type { Item } from "../sql/items.ts";
import { aligned, type Edit, lineStart, nextLine, removal } from "./edits.ts";

/** What becomes of the items of a CREATE TABLE. */
export interface ItemChanges {
  /** Replacements within items. */
  readonly edits: readonly Edit[];
  readonly removed: ReadonlySet<Item>;
  /** New items, each after an existing one; undefined to begin an empty list. */
  readonly added: readonly { readonly after: Item; readonly text: string }[];
}

/** Whether an item is the only one on its lines. */
function hasOwnLines(text: string, { start, end, commaEnd }: Item): boolean {
  const before = text.slice(lineStart(text, start), start);
  const after = text.slice(commaEnd ?? end, nextLine(text, commaEnd ?? end));
  return before.trim() === "" && /^\s*(?:--.*|\/\*.*\*\/\s*)?$/.test(after.trimEnd());
}

/** Inserts a text after what is inserted at the same place. */
function insertAt(edits: Edit[], at: number, text: string): void {
  const found = edits.findIndex(({ from, to }) => from === at && to === at);
  const edit = edits[found];
  if (edit === undefined) edits.push({ from: at, to: at, text });
  else edits[found] = { ...edit, text: edit.text + text };
}

/** The edits of a text that change a list of items: commas, indents and comments of the others stay. */
export function itemEdits(
  text: string,
  items: readonly Item[],
  { edits, removed, added }: ItemChanges,
): Edit[] {
  const addedAfter = (item: Item) => added.filter(({ after }) => after === item);
  const stays = items.filter((item) => !removed.has(item));
  const lastStaying = stays.at(-1);
  const lastAdded = items.findLast((item) => addedAfter(item).length > 0);
  const isAfter = (a: Item | undefined, b: Item | undefined) => (a?.start ?? -1) >= (b?.start ?? -1);
  const endsWithNew = lastAdded !== undefined && isAfter(lastAdded, lastStaying);
  const losesComma = (item: Item) => item === lastStaying && !endsWithNew && item.commaEnd !== undefined;
  const needsComma = (item: Item) => item.commaEnd === undefined && (item !== lastStaying || endsWithNew);
  const result = edits.map((edit) => {
    const item = items.find(({ start, end }) => start <= edit.from && edit.to <= end);
    return item !== undefined && (losesComma(item) || needsComma(item)) ? edit : aligned(text, edit);
  });
  for (const item of items) {
    const own = hasOwnLines(text, item);
    if (removed.has(item)) {
      const isLast = item === items.at(-1);
      const previous = items[items.indexOf(item) - 1];
      if (own) result.push(removal(text, item.start, item.commaEnd ?? item.end));
      else if (isLast && previous !== undefined && !removed.has(previous))
        result.push({ from: previous.commaEnd ?? previous.end, to: item.end, text: "" });
      else {
        const end = item.commaEnd ?? item.end;
        const blanks = /^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0;
        result.push({ from: item.start, to: item.commaEnd === undefined ? end : end + blanks, text: "" });
      }
    } else if (losesComma(item)) result.push({ from: item.end, to: item.commaEnd ?? item.end, text: "" });
    else if (needsComma(item)) {
      const edit = result.find(({ to }) => to === item.end);
      if (edit !== undefined) result[result.indexOf(edit)] = { ...edit, text: `${edit.text},` };
      else if (own) result.push(aligned(text, { from: item.end, to: item.end, text: "," }));
      else result.push({ from: item.end, to: item.end, text: "," });
    }
    const more = addedAfter(item);
    if (more.length === 0) continue;
    const isEnd = endsWithNew && item === lastAdded;
    if (own) {
      const indent = /^[ \t]*/.exec(text.slice(lineStart(text, item.start)))?.[0] ?? "";
      // The lines of a removed item go with the line break after them.
      const at = removed.has(item)
        ? lineStart(text, item.start) - 1
        : nextLine(text, item.commaEnd ?? item.end) - 1;
      const lines = more.map(
        ({ text: each }, i) => `\n${indent}${each}${isEnd && i === more.length - 1 ? "" : ","}`,
      );
      insertAt(result, at, lines.join(""));
    } else {
      const at = item.commaEnd ?? item.end;
      const texts = more.map(({ text: each }, i) => ` ${each}${isEnd && i === more.length - 1 ? "" : ","}`);
      insertAt(result, at, texts.join(""));
    }
  }
  return result;
}
