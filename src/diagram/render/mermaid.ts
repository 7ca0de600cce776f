import { changeMark } from "../box.ts";
import { type ColumnsMode, shownColumns } from "../columns.ts";
import { printable } from "../labels.ts";
import type { Column, Diagram, Reference, Table } from "../model.ts";
import { identifiers, tablesOnce } from "./identifiers.ts";

/** Inside double quotes Mermaid accepts entity codes, and no backslashes. */
function quoted(text: string): string {
  const plain = printable(text).replace(/["#;%\\<>&]/g, (c) => `#${c.codePointAt(0)};`);
  return `"${plain}"`;
}

/**
 * A word in Mermaid's grammar of attributes: other characters become `_`, and a comma `-`. A word that begins with
 * PK, FK or UK, in any case, would be read as a key.
 */
function word(text: string): string {
  return text
    .replaceAll(",", "-")
    .replace(/[^A-Za-z0-9_()[\]-]/g, "_")
    .replace(/^(?![A-Za-z_])|^(?=[pfu]k\b)/i, "_");
}

/** Mermaid's default `maxTextSize`, which GitHub also uses: longer texts are refused. */
export const mermaidLimit = 50_000;

/** `uuid user_id FK "may be NULL"`: type, name, keys, comment. */
function attribute({ name, type, nullable, roles, change }: Column): string {
  const keys = roles.filter((role) => role !== "LR").join(", ");
  const notes = [
    ...(change === undefined ? [] : [change]),
    ...(word(name) === name ? [] : [name]),
    ...(roles.includes("LR") ? ["logical reference"] : []),
    ...(nullable ? ["may be NULL"] : []),
  ];
  return [word(type), word(name), keys, notes.length === 0 ? "" : quoted(notes.join(", "))]
    .filter((part) => part !== "")
    .join(" ");
}

function label({ name, stubOf, change }: Table): string {
  const where = stubOf === undefined ? name : `${name} in ${stubOf}`;
  return quoted(change === undefined ? where : `${changeMark(change)} ${where}`);
}

/** For example `shop_orders ||--o{ shop_items : "order_id"`. */
function relation(reference: Reference, words: ReadonlyMap<string, string>): string {
  const { from, to, columns, optional, unique, logical, change } = reference;
  const line = `${optional ? "|o" : "||"}${logical ? ".." : "--"}${unique ? "o|" : "o{"}`;
  const name = `${change === undefined ? "" : `${changeMark(change)} `}${columns.join(", ")}`;
  return `${words.get(to)} ${line} ${words.get(from)} : ${quoted(name)}`;
}

/** Diagrams as one Mermaid `erDiagram`, in which references to another database point to its tables. */
export function renderMermaid(diagrams: readonly Diagram[], columns: ColumnsMode): string {
  const tables = tablesOnce(diagrams);
  const words = identifiers(tables);
  return [
    "---",
    `title: ${JSON.stringify(diagrams.map(({ title }) => title).join("; "))}`,
    "---",
    "erDiagram",
    ...tables.flatMap((table) => {
      const head = `  ${words.get(table.id)}[${label(table)}]`;
      const attributes = shownColumns(table, columns).map((column) => `    ${attribute(column)}`);
      return attributes.length === 0 ? [head] : [`${head} {`, ...attributes, "  }"];
    }),
    ...diagrams.flatMap(({ references }) => references.map((reference) => `  ${relation(reference, words)}`)),
    "",
  ].join("\n");
}
