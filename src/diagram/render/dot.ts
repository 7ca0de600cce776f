import { changeMark } from "../box.ts";
import { type ColumnsMode, shownColumns } from "../columns.ts";
import type { Change, Diagram, Reference, Table } from "../model.ts";
import { identifiers, tablesOnce } from "./identifiers.ts";
import { markup } from "./markup.ts";

const colours: Record<Change, string> = { added: "#1a7f37", missing: "#cf222e", changed: "#9a6700" };

function coloured(change: Change | undefined): string {
  return change === undefined ? "" : ` color="${colours[change]}" fontcolor="${colours[change]}"`;
}

function marked(text: string, change: Change | undefined): string {
  return markup(change === undefined ? text : `${changeMark(change)} ${text}`);
}

/** The node of a table: an HTML-like label with a port for each column (Graphviz, node shapes). */
function node(table: Table, id: string | undefined, columns: ColumnsMode): string {
  const shown = shownColumns(table, columns);
  const cell = (text: string) => `<td align="left">${text}</td>`;
  const rows = shown.map((column) => {
    const type = columns === "all" ? cell(markup(`${column.type}${column.nullable ? "?" : ""}`)) : "";
    const place = table.columns.indexOf(column);
    return `<tr><td align="left" port="c${place}">${column.roles.join(",")}</td><td align="left">${marked(column.name, column.change)}</td>${type}</tr>`;
  });
  const where = table.stubOf === undefined ? "" : `<br/><i>in ${markup(table.stubOf)}</i>`;
  const head = `<tr><td colspan="${columns === "all" ? 3 : 2}"><b>${marked(table.name, table.change)}</b>${where}</td></tr>`;
  const style = table.stubOf === undefined ? "" : " style=dashed";
  return `${id} [label=<<table border="0" cellborder="0" cellspacing="2">${head}${rows.length === 0 ? "" : "<hr/>"}${rows.join("")}</table>>${style}${coloured(table.change)}];`;
}

function edge(
  reference: Reference,
  tables: readonly Table[],
  ids: ReadonlyMap<string, string>,
  columns: ColumnsMode,
): string {
  const { from, to, optional, unique, logical, change } = reference;
  const place = tables
    .find(({ id }) => id === from)
    ?.columns.findIndex(({ name }) => name === reference.columns[0]);
  const port = columns === "none" || place === undefined || place < 0 ? "" : `:c${place}:w`;
  const ends = `arrowtail=${optional ? "teeodot" : "teetee"} arrowhead=${unique ? "teeodot" : "crowodot"}`;
  const name = `tooltip=<${markup(reference.columns.join(", "))}>`;
  return `${ids.get(to)} -> ${ids.get(from)}${port} [${ends} ${name}${logical ? " style=dashed" : ""}${coloured(change)}];`;
}

/** Diagrams as one Graphviz graph, with a cluster for each database. */
export function renderDot(diagrams: readonly Diagram[], columns: ColumnsMode): string {
  const tables = tablesOnce(diagrams);
  const ids = identifiers(tables);
  const nodes = (members: readonly Table[]) =>
    members.map((table) => node(table, ids.get(table.id), columns));
  return [
    "digraph schema {",
    '  graph [rankdir=LR fontname="sans-serif"];',
    '  node [shape=box style=rounded fontname="monospace"];',
    "  edge [dir=both];",
    ...diagrams.flatMap(({ database, title }, i) => [
      `  subgraph cluster_${i} {`,
      `    label=<${markup(title)}>;`,
      ...nodes(tables.filter((table) => table.database === database && table.stubOf === undefined)).map(
        (line) => `    ${line}`,
      ),
      "  }",
    ]),
    ...nodes(tables.filter(({ stubOf }) => stubOf !== undefined)).map((line) => `  ${line}`),
    ...diagrams.flatMap(({ references }) =>
      references.map((reference) => `  ${edge(reference, tables, ids, columns)}`),
    ),
    "}",
    "",
  ].join("\n");
}
