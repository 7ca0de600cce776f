import { printable } from "../labels.ts";

/** Escapes text for XML, and for the HTML-like labels of Graphviz. */
export function markup(text: string): string {
  return printable(text).replace(/[&<>"']/g, (c) => `&#${c.codePointAt(0)};`);
}
