import type { Nodes, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { type Location, SocratesError } from "../errors.ts";

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

/** Larger documents are not read: parsing takes memory and time in proportion. */
export const maximumDocumentSize = 8 * 1024 * 1024;

function plain(node: Nodes): string {
  if ("value" in node) return node.value;
  return "children" in node ? node.children.map(plain).join("") : "";
}

/** A `document-invalid` error at a place. */
export function documentError(location: Location, message: string, hint: string): SocratesError {
  return new SocratesError(
    "document-invalid",
    `${location.file}:${location.line}:${location.column}: ${message}`,
    { hint, location },
  );
}

function checkClosed(source: string, node: Nodes, location: Location): void {
  const { start, end } = node.position ?? {};
  const text = source.slice(start?.offset, end?.offset);
  const [fence] = /^(`{3,}|~{3,})/.exec(text) ?? [];
  const lastLine = text.slice(text.lastIndexOf("\n") + 1).trim();
  if (fence !== undefined && !(text.includes("\n") && lastLine.startsWith(fence)))
    throw documentError(
      location,
      "the code fence is never closed",
      `Close it with ${fence} on a line of its own.`,
    );
}

/** The text of a paragraph, a line for each line of the source, with its place. */
function lines(node: Nodes, file: string): { text: string; location: Location }[] {
  const first = node.position?.start.line ?? 1;
  return plain(node)
    .split("\n")
    .map((text, i) => ({
      text: text.trim(),
      location: { file, line: first + i, column: node.position?.start.column ?? 1 },
    }));
}

/**
 * The document as a flat list of blocks in their order.
 * @throws SocratesError `document-invalid` for a fence that is never closed
 */
export function readBlocks(source: string, file: string): Block[] {
  const blocks: Block[] = [];
  const headings: (string | undefined)[] = [];
  const add = (kind: Block["kind"], text: string, location: Location, depth = 0, language = "") =>
    blocks.push({ headings: [...headings], kind, depth, language, text, location });
  const visit = (node: Nodes) => {
    const { line = 1, column = 1 } = node.position?.start ?? {};
    const location = { file, line, column };
    if (node.type === "heading") {
      headings.length = node.depth;
      headings[node.depth] = plain(node);
      add("heading", plain(node), location, node.depth);
    } else if (node.type === "code") {
      checkClosed(source, node, location);
      add("fence", node.value, { file, line: line + 1, column }, 0, node.lang ?? "");
    } else if (node.type === "paragraph") {
      for (const { text, location: place } of lines(node, file)) add("text", text, place);
    } else if ("children" in node) node.children.forEach(visit);
  };
  const root: Root = fromMarkdown(source);
  root.children.forEach(visit);
  return blocks;
}
