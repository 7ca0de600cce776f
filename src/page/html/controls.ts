/** The parts of the page around its views: heading, search, list of tables, and the controls of the diagram. */
import type { Page } from "../model.ts";
import { driftVerdict, tableDrift } from "../verdict-words.ts";
import { totals } from "./table.ts";
import { count, text } from "./text.ts";

/** The heading with the views and the search. */
export function bannerMarkup(page: Page): string {
  const { findings, notRead, title } = page;
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const others = findings.length - errors;
  const badge =
    errors > 0
      ? `<span class="badge bad">${count(errors, "error")}</span>`
      : others > 0
        ? `<span class="badge">${count(others, "finding")}</span>`
        : "";
  const unread = notRead.length > 0 ? `<span class="badge warn">${notRead.length} not read</span>` : "";
  return [
    '<header class="banner">',
    '<button type="button" id="menu" class="js-only" aria-expanded="false" aria-controls="tables">Tables</button>',
    `<div class="brand"><h1><bdi>${text(title)}</bdi></h1><p>${totals(page)}</p></div>`,
    `<nav class="views" aria-label="Views"><a href="#diagram">Diagram</a><a href="#overview">Overview${badge}${unread}</a></nav>`,
    '<div class="search js-only" role="search">',
    '<input id="search" type="search" role="combobox" aria-label="Search tables, columns and indexes" placeholder="Search tables, columns, indexes" aria-expanded="false" aria-controls="results" aria-autocomplete="list" autocomplete="off" spellcheck="false">',
    '<kbd aria-hidden="true">/</kbd><ul id="results" role="listbox" aria-label="Results" hidden></ul>',
    '<p id="search-status" role="status" class="unseen"></p></div>',
    '<button type="button" id="theme" class="js-only"><span>Theme</span><span>: <span id="theme-name">system</span></span></button>',
    "</header>",
  ].join("");
}

/** The list of all tables, by database. */
export function tablesNav({ databases, tables }: Page, ids: ReadonlyMap<string, string>): string {
  const groups = databases.map(({ key, name }) => {
    const links = tables
      .filter(({ database }) => database === key)
      .map((table) => {
        const drift = tableDrift(table);
        const sign = drift === undefined ? undefined : driftVerdict(drift);
        const mark =
          sign === undefined
            ? ""
            : ` <span class="verdict ${sign.tone}"><span aria-hidden="true">${sign.sign}</span><span class="unseen"> ${sign.words}</span></span>`;
        return `<li><a href="#${ids.get(table.id)}"><bdi>${text(table.name)}</bdi>${mark}</a></li>`;
      });
    return `<h2><bdi>${text(name)}</bdi> <span class="count">${links.length}</span></h2><ul>${links.join("")}</ul>`;
  });
  return `<nav id="tables" aria-label="Tables">${groups.join("")}</nav>`;
}

function phaseControl(lastPhase: number | undefined): string {
  if (lastPhase === undefined || lastPhase === 0) return "";
  const ticks = Array.from({ length: lastPhase + 1 }, (_, phase) => `<span>${phase}</span>`);
  return [
    '<div class="phases" id="phases" role="group" aria-label="Phase of the schema"><label for="phase">Phase</label>',
    '<button type="button" id="phase-less" aria-label="Previous phase">‹</button>',
    `<span class="track"><input id="phase" type="range" min="0" max="${lastPhase}" step="1" value="${lastPhase}"><span class="ticks" aria-hidden="true">${ticks.join("")}</span></span>`,
    '<button type="button" id="phase-more" aria-label="Next phase">›</button>',
    '<output id="phase-text" for="phase"></output></div>',
  ].join("");
}

const overlays = [
  ["none", "None"],
  ["drift", "Drift"],
  ["indexes", "Indexes"],
] as const;

function overlayControl(): string {
  const choices = overlays.map(
    ([value, label]) =>
      `<label><input type="radio" name="overlay" value="${value}"${value === "none" ? " checked" : ""}><span>${label}</span></label>`,
  );
  return `<fieldset class="overlays"><legend>Overlay</legend>${choices.join("")}</fieldset>`;
}

const zoomControl = [
  '<div class="zooms" role="group" aria-label="Zoom"><button type="button" id="zoom-out" aria-label="Zoom out">−</button>',
  '<span id="zoom">100 %</span><button type="button" id="zoom-in" aria-label="Zoom in">+</button>',
  '<button type="button" id="zoom-fit">Fit</button></div>',
].join("");

/** A sample of a line. */
function sample(className: string, content: string): string {
  return `<svg class="sample" width="58" height="16" aria-hidden="true"><g class="${className}">${content}</g></svg>`;
}

const line = '<path d="M2 8H56"/>';
const signs: readonly (readonly [markup: string, words: string])[] = [
  [sample("ref", line), "foreign key"],
  [sample("ref logical", line), "logical reference: no foreign key enforces it"],
  [sample("ref", `${line}<path class="end" d="M56 3L47 8L56 13"/>`), "many rows refer to one"],
  [sample("ref", `${line}<path class="end" d="M50 3v10"/>`), "at most one row refers to one"],
  [
    sample("ref", `${line}<path class="end" d="M56 3L47 8L56 13M41 8m-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0"/>`),
    "optional: the column may be NULL",
  ],
];

const keys: readonly (readonly [keys: string, words: string])[] = [
  ["← ↑ → ↓", "go from table to table"],
  ["Enter", "open the table"],
  ["Esc", "close it"],
  ["Shift + arrow", "pan"],
  ["+ − 0", "zoom in, zoom out, fit"],
  ["/", "search"],
];

const legend = `<details class="legend"><summary>Legend</summary><div><ul>${signs.map(([markup, words]) => `<li>${markup}${words}</li>`).join("")}<li><abbr class="role PK">PK</abbr> <abbr class="role FK">FK</abbr> <abbr class="role LR">LR</abbr> primary key, foreign key, logical reference</li></ul><dl id="keys">${keys.map(([key, words]) => `<div><dt>${key}</dt><dd>${words}</dd></div>`).join("")}</dl></div></details>`;

/** The bar below the diagram. */
export function diagramControls({ lastPhase }: Page): string {
  return `<div class="bar js-only">${phaseControl(lastPhase)}${overlayControl()}${zoomControl}${legend}</div>`;
}
