interface Range {
  readonly start: number;
  readonly end: number;
}

/** The items within a parenthesis or bracket, trimmed, and its end. */
interface Parenthesis {
  readonly args: readonly Range[];
  readonly end: number;
}

function trimmed(text: string, start: number, end: number): Range {
  const all = text.slice(start, end);
  const from = end - all.trimStart().length;
  return { start: from, end: from + all.trim().length };
}

/**
 * The closing positions of a text's parentheses and brackets, by opening position; strings and quoted names are
 * skipped.
 */
export function parenthesesIn(text: string): ReadonlyMap<number, Parenthesis> {
  const found = new Map<number, Parenthesis>();
  const open: { readonly at: number; readonly args: Range[]; start: number }[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    const inner = open.at(-1);
    if (c === "'" || c === '"') {
      const close = text.indexOf(c, i + 1);
      if (close < 0) break;
      i = close;
    } else if (c === "(" || c === "[") open.push({ at: i, args: [], start: i + 1 });
    else if (inner !== undefined && (c === "," || c === ")" || c === "]")) {
      inner.args.push(trimmed(text, inner.start, i));
      inner.start = i + 1;
      if (c !== ",") found.set(inner.at, { args: inner.args, end: i + 1 });
      if (c !== ",") open.pop();
    }
  }
  return found;
}

/** The arguments within the parenthesis that opens at `open`; undefined if it does not close. */
export function argumentsAt(text: string, open: number): readonly string[] | undefined {
  return parenthesesIn(text)
    .get(open)
    ?.args.map(({ start, end }) => text.slice(start, end));
}

/** The items of a deparsed list; commas within parentheses and quotes do not separate. */
export function itemsOf(list: string): readonly string[] {
  return argumentsAt(`(${list})`, 0) ?? [list];
}
