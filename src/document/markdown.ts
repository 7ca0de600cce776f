import MarkdownIt, { type Token } from "markdown-it";
import type { Location } from "../errors.ts";
import { documentError } from "./error.ts";
import { htmlHeadings } from "./html.ts";

/** A line of text, a code block or a comment in the document, with the headings above it. */
export interface Block {
  /** The headings above, by depth: `headings[2]` is the nearest `##`. */
  readonly headings: readonly (string | undefined)[];
  readonly kind: "heading" | "text" | "fence" | "html";
  /** Depth of a heading. */
  readonly depth: number;
  /** Language of a fence in lower case; empty for a bare one and an indented block. */
  readonly language: string;
  readonly text: string;
  /** The position of the first character of `text`: for a fence, the line below its opening. */
  readonly location: Location;
  /** The last line of the block: for a fence, the one that closes it. */
  readonly lastLine: number;
}

/** The words of a line without markup. */
function plain(token: Token): string {
  if (token.children === null) return token.content;
  return token.children
    .map((child) => (child.type === "softbreak" || child.type === "hardbreak" ? "\n" : child.content))
    .join("");
}

/**
 * A fence ends with a line that has only its mark; without one it would run to the end of the document (CommonMark,
 * section 4.5).
 */
function checkClosed(lines: readonly string[], token: Token, location: Location): void {
  // In a quote or a list, their marks come first.
  const last = (lines[(token.map?.[1] ?? 1) - 1] ?? "").replace(/^[\s>]*/, "").trimEnd();
  const isClosed =
    (token.map?.[1] ?? 0) - (token.map?.[0] ?? 0) > 1 && last.startsWith(token.markup) && !/[^`~]/.test(last);
  if (!isClosed)
    throw documentError(
      location,
      "the code fence is never closed",
      `Close it with ${token.markup} on a separate line.`,
    );
}

/** The language of a fence: `sql` for ```` ```{.sql} ````, ```` ```sql{1,3} ```` and ```` ```SQL title="x" ````. */
function languageOf(info: string): string {
  return /^[\s{.]*([\w+#-]*)/.exec(info)?.[1]?.toLowerCase() ?? "";
}

/** Where the text of a code block begins: below the opening of a fence, after the marks of quotes and lists. */
function startOf(lines: readonly string[], file: string, line: number, text: string): Location {
  const first = text.split("\n", 1)[0] ?? "";
  const source = lines[line - 1] ?? "";
  return { file, line, column: source.endsWith(first) ? [...source].length - [...first].length + 1 : 1 };
}

/** A document whose front matter is empty lines: Markdown would read it as a rule and a heading. */
function withoutFrontMatter(source: string): string {
  const [front] = /^(---|\+\+\+)[ \t]*\r?\n(?:.*\r?\n)*?(?:\1|\.\.\.)[ \t]*(?:\r?\n|$)/.exec(source) ?? [""];
  return front.replace(/[^\r\n]/g, "") + source.slice(front.length);
}

/**
 * The document as a flat list of blocks, in order.
 * @throws SocratesError `document-invalid` for a fence that is never closed
 */
export function readBlocks(source: string, file: string): Block[] {
  const lines = source.split(/\r\n?|\n/);
  const blocks: Block[] = [];
  const headings: (string | undefined)[] = [];
  const add = (kind: Block["kind"], text: string, location: Location, rest: Partial<Block> = {}) =>
    blocks.push({
      headings: [...headings],
      kind,
      depth: 0,
      language: "",
      lastLine: location.line,
      ...rest,
      text,
      location,
    });
  const addHeading = (text: string, depth: number, location: Location, lastLine: number) => {
    headings.length = depth;
    headings[depth] = text;
    add("heading", text, location, { depth, lastLine });
  };
  let depth = 0;
  for (const token of new MarkdownIt("commonmark").parse(withoutFrontMatter(source), {})) {
    const [start, lastLine] = token.map ?? [0, 0];
    const location = { file, line: start + 1, column: (lines[start]?.search(/\S/) ?? 0) + 1 };
    if (token.type === "heading_open") depth = Number(token.tag.slice(1));
    else if (token.type === "heading_close") depth = 0;
    else if (token.type === "fence" || token.type === "code_block") {
      const isFence = token.type === "fence";
      if (isFence) checkClosed(lines, token, location);
      const text = token.content.replace(/\n$/, "");
      const place = startOf(lines, file, start + (isFence ? 2 : 1), text);
      add("fence", text, place, { language: languageOf(token.info), lastLine });
    } else if (token.type === "inline" && depth > 0) addHeading(plain(token), depth, location, lastLine);
    else if (token.type === "inline") {
      for (const [i, text] of plain(token).split("\n").entries())
        add("text", text.trim(), { ...location, line: location.line + i });
    } else if (token.type === "html_block") {
      add("html", token.content, location, { lastLine });
      for (const heading of htmlHeadings(token.content)) {
        const line = location.line + heading.line;
        addHeading(heading.text, heading.depth, { ...location, line }, line);
      }
    }
  }
  return blocks;
}
