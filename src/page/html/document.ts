import { createHash } from "node:crypto";
import type { PageData } from "../data.ts";
import { elementIds } from "../ids.ts";
import type { Layout } from "../layout.ts";
import type { Page, PageReference } from "../model.ts";
import { bannerMarkup, diagramControls, tablesNav } from "./controls.ts";
import { diagramMarkup } from "./diagram.ts";
import { findingsByTable } from "./findings.ts";
import { overviewSection } from "./overview.ts";
import { type Context, tableSection } from "./table.ts";
import { scriptData, text, visible } from "./text.ts";

/** The script and the styles of the page, as the build has bundled them. */
export interface Assets {
  readonly script: string;
  readonly style: string;
}

/** Before the rest is parsed, so that a large page is not laid out without the script first. */
const early = 'document.documentElement.classList.add("js")';

/** The source of a Content Security Policy that allows exactly one inline script or style. */
function hashSource(content: string): string {
  return `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
}

function grouped(references: readonly PageReference[], end: "from" | "to") {
  const groups = new Map<string, PageReference[]>();
  for (const reference of references) {
    const known = groups.get(reference[end]);
    if (known === undefined) groups.set(reference[end], [reference]);
    else known.push(reference);
  }
  return groups;
}

function dataOf(layout: Layout, ids: ReadonlyMap<string, string>): PageData {
  return {
    tables: layout.tables.map(({ table, x, y, width, height }) => ({
      id: ids.get(table.id) ?? "",
      database: table.database,
      name: visible(table.name),
      box: [x, y, width, height],
      columns: table.columns.map(({ name }) => visible(name)),
      indexes: table.indexes.map(({ name }) => visible(name)),
    })),
  };
}

/** Writes the page: one file without any other, the same for the same content. */
export function documentHtml(page: Page, layout: Layout, { script, style }: Assets): string {
  const ids = elementIds(page);
  const context: Context = {
    page,
    ids,
    tables: new Map(page.tables.map((table) => [table.id, table])),
    outgoing: grouped(page.references, "from"),
    incoming: grouped(page.references, "to"),
    findings: findingsByTable(page),
  };
  const policy = [
    "default-src 'none'",
    `script-src ${hashSource(early)} ${hashSource(script)}`,
    `style-src ${hashSource(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en" data-view="diagram" data-theme="system">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${text(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="socrates-db">
<title>${text(page.title)}</title>
<style>${style}</style>
<script>${early}</script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${bannerMarkup(page)}
<div class="body">
${tablesNav(page, ids)}
<main id="main" tabindex="-1">
<section class="view" id="diagram" aria-labelledby="diagram-h">
<h2 id="diagram-h" class="unseen">Diagram</h2>
<div id="stage">${diagramMarkup(page, layout, ids)}</div>
${diagramControls(page)}
</section>
${overviewSection(page)}
${page.tables.map((table) => tableSection(context, table)).join("\n")}
</main>
</div>
<script type="application/json" id="data">${scriptData(dataOf(layout, ids))}</script>
<script>${script}</script>
</body>
</html>
`;
}
