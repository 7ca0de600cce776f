import MarkdownIt, { type Token } from "markdown-it";
import type { Location } from "../errors.ts";
import { documentError } from "./error.ts";

/** A line of text in the document, or a fence, below the headings that lead to it. */
export interface Block {
  /** Texts of the headings above, by depth: `headings[2]` is that of the nearest `##`. */
  readonly headings: readonly (string | undefined)[];
  readonly kind: "heading" | "text" | "fence";
  /** Depth of a heading. */
  readonly depth: number;
  /** Language of a fence. */
  readonly language: string;
  readonly text: string;
  /** Of the first character of `text`: for a fence, the line below its opening. */
  readonly location: Location;
}

/** The words of a line without their markup. */
function plain(token: Token): string {
  if (token.children === null) return token.content;
  return token.children
    .map((child) => (child.type === "softbreak" || child.type === "hardbreak" ? "\n" : child.content))
    .join("");
}

/** A fence ends with a line of its own mark; without one it would run to the end of the document (CommonMark, section 4.5). */
function checkClosed(lines: readonly string[], token: Token, location: Location): void {
  const last = lines[(token.map?.[1] ?? 1) - 1]?.trim() ?? "";
  const isClosed =
    (token.map?.[1] ?? 0) - (token.map?.[0] ?? 0) > 1 && last.startsWith(token.markup) && !/[^`~]/.test(last);
  if (!isClosed)
    throw documentError(
      location,
      "the code fence is never closed",
      `Close it with ${token.markup} on a line of its own.`,
    );
}

/**
 * The document as a flat list of blocks in their order.
 * @throws SocratesError `document-invalid` for a fence that is never closed
 */
export function readBlocks(source: string, file: string): Block[] {
  const lines = source.split(/\r\n?|\n/);
  const blocks: Block[] = [];
  const headings: (string | undefined)[] = [];
  const add = (kind: Block["kind"], text: string, location: Location, depth = 0, language = "") =>
    blocks.push({ headings: [...headings], kind, depth, language, text, location });
  let depth = 0;
  for (const token of new MarkdownIt("commonmark").parse(source, {})) {
    const start = token.map?.[0] ?? 0;
    const location = { file, line: start + 1, column: (lines[start]?.search(/\S/) ?? 0) + 1 };
    if (token.type === "heading_open") depth = Number(token.tag.slice(1));
    else if (token.type === "heading_close") depth = 0;
    else if (token.type === "fence") {
      checkClosed(lines, token, location);
      const [language = ""] = token.info.trim().split(/\s+/);
      add("fence", token.content.replace(/\n$/, ""), { ...location, line: location.line + 1 }, 0, language);
    } else if (token.type === "inline" && depth > 0) {
      const text = plain(token);
      headings.length = depth;
      headings[depth] = text;
      add("heading", text, location, depth);
    } else if (token.type === "inline") {
      for (const [i, text] of plain(token).split("\n").entries())
        add("text", text.trim(), { ...location, line: location.line + i });
    }
  }
  return blocks;
}
