/** A replacement in a text; `from` equals `to` for an insertion. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Whether two edits concern the same characters, or insert at the same place. */
export function overlap(a: Edit, b: Edit): boolean {
  if (a.from === a.to && b.from === b.to) return a.from === b.from;
  return a.from < b.to && b.from < a.to;
}

/** A text with edits that do not overlap. */
export function applied(text: string, edits: readonly Edit[]): string {
  const inOrder = [...edits].sort((a, b) => a.from - b.from || a.to - b.to);
  let result = "";
  let at = 0;
  for (const edit of inOrder) {
    result += text.slice(at, edit.from) + edit.text;
    at = edit.to;
  }
  return result + text.slice(at);
}

/** An edit that keeps the column of the clause or comment after it, if there is room. */
export function aligned(text: string, { from, to, text: next }: Edit): Edit {
  const [whole, comma = "", blanks = ""] = /^(,?)( {2,})(?=\S)/.exec(text.slice(to)) ?? [];
  if (whole === undefined) return { from, to, text: next };
  const width = Math.max(1, blanks.length - (next.length - (to - from)));
  return { from, to: to + whole.length, text: next + comma + " ".repeat(width) };
}

/** The start of the line of an offset. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** The start of the next line, or the end of the text. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end + 1;
}

/** Removes a range, with its lines if nothing but a comment is left on them. */
export function removal(text: string, from: number, to: number): Edit {
  const [start, end] = [lineStart(text, from), nextLine(text, to)];
  const isAlone =
    text.slice(start, from).trim() === "" &&
    /^\s*(?:--.*|\/\*.*\*\/\s*)?$/.test(text.slice(to, end).trimEnd());
  if (!isAlone) return { from: from - (/ +$/.exec(text.slice(0, from))?.[0].length ?? 0), to, text: "" };
  // At the end of the text, the line break before it goes.
  return end === text.length && !text.endsWith("\n")
    ? { from: Math.max(0, start - 1), to: end, text: "" }
    : { from: start, to: end, text: "" };
}
