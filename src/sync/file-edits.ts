import type { DocumentText } from "../document/files.ts";
import { SocratesError } from "../errors.ts";
import type { Edit } from "./edits.ts";
import type { SourceFence } from "./source.ts";

/** An edit of a file of the document. */
export interface FileEdit extends Edit {
  /** Number of the file. */
  readonly file: number;
}

/** A line of a file with its place. */
interface Line {
  readonly start: number;
  /** Without its line break. */
  readonly text: string;
  readonly lineBreak: string;
}

/** The lines of a text, whatever ends each of them. */
export function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const { 0: lineBreak, index } of text.matchAll(/\r\n?|\n/g)) {
    lines.push({ start, text: text.slice(start, index), lineBreak });
    start = index + lineBreak.length;
  }
  lines.push({ start, text: text.slice(start), lineBreak: "" });
  return lines;
}

/** The line break of a line, or that of the nearest line above that has one. */
export function lineBreakAt(lines: readonly Line[], number: number): string {
  return lines.slice(0, number + 1).findLast(({ lineBreak }) => lineBreak !== "")?.lineBreak ?? "\n";
}

/** A code block's place in its file: each of its lines comes after a prefix, such as `> ` or an indent. */
export class PlacedFence {
  private readonly lines: readonly Line[];
  private readonly contents: readonly string[];
  private readonly fence: SourceFence;

  constructor(fence: SourceFence, { text }: DocumentText) {
    this.fence = fence;
    this.lines = linesOf(text);
    this.contents = fence.block.text.split("\n");
  }

  private get first(): number {
    return this.fence.block.location.line - 1;
  }

  /** @throws SocratesError `document-invalid` if the line is not its content after a prefix, as with mixed tabs */
  private prefixOf(index: number): string {
    const source = this.lines[this.first + index]?.text ?? "";
    const content = this.contents[index] ?? "";
    // The first line of a part of a SQL file is padded.
    if (content.trimStart() === source.trimStart() || source.endsWith(content))
      return source.slice(0, Math.max(0, source.length - content.length));
    if (index === 0 && content.length === source.length) return "";
    const { file } = this.fence.block.location;
    throw new SocratesError(
      "document-invalid",
      `${file}:${this.first + index + 1}: this line cannot be edited: it mixes tabs and blanks`,
      { hint: "Indent the lines of the code block with blanks." },
    );
  }

  /** The place in the file of an offset in the block's text. */
  private placeOf(offset: number): { readonly at: number; readonly index: number } {
    const before = this.fence.block.text.slice(0, offset).split("\n");
    const index = before.length - 1;
    const line = this.lines[this.first + index];
    return { at: (line?.start ?? 0) + this.prefixOf(index).length + (before.at(-1)?.length ?? 0), index };
  }

  /** An edit of the block's text as one of its file: new lines get the prefix and the line break of their neighbours. */
  edit({ from, to, text }: Edit): FileEdit {
    const [start, end] = [this.placeOf(from), this.placeOf(to)];
    const neighbour = Math.max(0, Math.min(start.index, this.contents.length - 1));
    const prefix = this.prefixOf(start.index === this.contents.length - 1 ? neighbour : start.index);
    const lineBreak = lineBreakAt(this.lines, this.first + neighbour);
    return {
      file: this.fence.file,
      from: start.at,
      to: end.at,
      text: text.replaceAll("\n", `${lineBreak}${prefix}`),
    };
  }
}
