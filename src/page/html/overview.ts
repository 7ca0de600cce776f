import type { Page, PageCheck, PageDatabase } from "../model.ts";
import { indexVerdict } from "../verdict-words.ts";
import { findingsList } from "./findings.ts";
import { totals, verdictMarkup } from "./table.ts";
import { count, text } from "./text.ts";

function reachedText(reached: number | undefined): string {
  if (reached === undefined) return "no ledger, so its phase is unknown";
  return reached < 0 ? "before phase 0" : `phase ${reached} reached`;
}

function databaseCard({ key, name, live, others }: PageDatabase, { tables }: Page): string {
  const own = tables.filter(({ database }) => database === key);
  const indexes = own.reduce(
    (sum, table) => sum + table.indexes.filter(({ origin }) => origin !== "primaryKey").length,
    0,
  );
  const state =
    "notRead" in live
      ? `<p>${verdictMarkup({ tone: "warn", sign: "?", words: "not read" })} ${text(live.notRead)}</p>`
      : `<p>${verdictMarkup({ tone: "good", sign: "✓", words: "read" })} <bdi>${text(live.label)}</bdi>, ${reachedText(live.reached)}</p>`;
  const kinds = others.map(
    ({ kind, names }) =>
      `<details><summary>${text(kind)} <span class="count">${names.length}</span></summary><ul>${names.map((one) => `<li><bdi>${text(one)}</bdi></li>`).join("")}</ul></details>`,
  );
  return `<article class="card"><h3><bdi>${text(name)}</bdi></h3><p class="figures"><strong>${own.length}</strong> ${own.length === 1 ? "table" : "tables"} <strong>${indexes}</strong> ${indexes === 1 ? "index" : "indexes"}</p>${state}${kinds.join("")}</article>`;
}

/** The good states first. */
const order = ["good", "info", "bad", "none"];

/** How many documented indexes are in each state, without primary keys. */
function indexStates({ tables }: Page): string {
  const states = new Map<string, number>();
  let advice = 0;
  for (const { indexes } of tables)
    for (const { origin, verdict } of indexes) {
      if (origin === "primaryKey") continue;
      states.set(verdict.state, (states.get(verdict.state) ?? 0) + 1);
      if (verdict.state === "present" && verdict.remarks.length > 0) advice++;
    }
  const items = [...states]
    .map(([state, number]) => ({ verdict: indexVerdict(state), number }))
    .sort(
      (a, b) =>
        order.indexOf(a.verdict.tone) - order.indexOf(b.verdict.tone) ||
        (a.verdict.words < b.verdict.words ? -1 : 1),
    )
    .map(({ verdict, number }) => `<li><strong>${number}</strong> ${verdictMarkup(verdict)}</li>`);
  if (advice > 0)
    items.push(
      `<li><strong>${advice}</strong> ${verdictMarkup({ tone: "info", sign: "i", words: "with advice" })}</li>`,
    );
  return `<ul class="states">${items.join("")}</ul>`;
}

function checkItem({ name, summary, notRun }: PageCheck): string {
  const body =
    notRun === undefined
      ? summary.map((line) => `<div>${text(line)}</div>`).join("")
      : `${verdictMarkup({ tone: "warn", sign: "?", words: "did not run" })} ${text(notRun)}`;
  return `<dt>${name}</dt><dd>${body}</dd>`;
}

/** What the page does not show or did not check, as a list; nothing if it has everything. */
export function notReadNotice({ notRead }: Page): string {
  if (notRead.length === 0) return "";
  const items = notRead.map((sentence) => `<li><bdi>${text(sentence)}</bdi></li>`);
  return `<section class="notice" aria-labelledby="not-read-h"><h3 id="not-read-h">Not read and not checked <span class="count">${notRead.length}</span></h3><ul>${items.join("")}</ul></section>`;
}

/** The state of all databases, and all findings. */
export function overviewSection(page: Page): string {
  const { databases, findings, checks, source } = page;
  const list = findings.length === 0 ? '<p class="none">No findings.</p>' : findingsList(findings);
  return [
    '<section class="view page" id="overview" aria-labelledby="overview-h">',
    `<header><h2 id="overview-h" tabindex="-1">Overview</h2><ul class="facts"><li>${totals(page)}</li><li>from ${text(source)}</li></ul></header>`,
    notReadNotice(page),
    `<div class="cards">${databases.map((database) => databaseCard(database, page)).join("")}</div>`,
    `<h3>Indexes</h3>${indexStates(page)}`,
    `<h3>Findings <span class="count">${findings.length}</span></h3>${list}`,
    `<h3>Checks</h3><dl class="checks">${checks.map(checkItem).join("")}</dl>`,
    `<p class="none">${count(databases.length, "database")}. Primary keys are not counted as indexes.</p>`,
    "</section>",
  ].join("");
}
