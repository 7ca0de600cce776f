import { shortType } from "../../diagram/types.ts";
import type { Finding } from "../../diff/finding.ts";
import { formatNumber } from "../../migration-number.ts";
import type { Touch } from "../../trace/touches.ts";
import type { Drift, Page, PageColumn, PageIndex, PageObject, PageReference, PageTable } from "../model.ts";
import { driftVerdict, indexVerdict, type Verdict } from "../verdict-words.ts";
import { findingsList } from "./findings.ts";
import { count, text } from "./text.ts";

/** What the sections of the tables share. */
export interface Context {
  readonly page: Page;
  /** The id of the element of each table. */
  readonly ids: ReadonlyMap<string, string>;
  readonly tables: ReadonlyMap<string, PageTable>;
  /** References by the table that refers, and by the one that is referenced. */
  readonly outgoing: ReadonlyMap<string, readonly PageReference[]>;
  readonly incoming: ReadonlyMap<string, readonly PageReference[]>;
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
}

/** A state with its sign. */
export function verdictMarkup({ tone, sign, words }: Verdict): string {
  return `<span class="verdict ${tone}"><span aria-hidden="true">${sign}</span> ${text(words)}</span>`;
}

function driftMarkup(drift: Drift | undefined): string {
  return drift === undefined ? "" : ` ${verdictMarkup(driftVerdict(drift))}`;
}

const actions: Readonly<Record<Touch["action"], string>> = {
  made: "created",
  changed: "changed",
  dropped: "dropped",
  extended: "added to",
  reduced: "dropped from",
};

/** The migrations of an object: their numbers and names, and what they did if that is not to create it. */
function migrations(touches: readonly Touch[]): string {
  if (touches.length === 0) return '<span class="none">none</span>';
  return touches
    .map(({ number, name, phase, action }) => {
      const title = `${formatNumber(number)}_${name}, phase ${phase}`;
      const did = action === "made" ? "" : ` ${actions[action]}`;
      return `<abbr title="${text(title)}">${formatNumber(number)}</abbr>${did}`;
    })
    .join(", ");
}

function phaseMarkup({ from, to }: PageTable["life"]): string {
  return to === undefined ? `phase ${from}` : `phase ${from} to ${to}`;
}

/** A table with a heading for each column; nothing without rows. */
function grid(name: string, headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = headings.map((heading) => `<th scope="col">${heading}</th>`).join("");
  const body = rows.map(
    ([first = "", ...rest]) =>
      `<tr><th scope="row">${first}</th>${rest.map((cell) => `<td>${cell}</td>`).join("")}</tr>`,
  );
  return `<div class="scroll" tabindex="0" role="region" aria-label="${text(name)}"><table><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

function section(title: string, number: number, content: string): string {
  if (number === 0) return "";
  return `<h3>${title} <span class="count">${number}</span></h3>${content}`;
}

const code = (value: string) => `<code>${text(value)}</code>`;
/** A comment, which may be divided at its slashes. */
const comment = (value: string | undefined) =>
  value === undefined ? "" : `<div class="comment">${text(value).replaceAll("/", "/<wbr>")}</div>`;

function columnRow({ name, roles, type, nullable, value, life, touches, drift, comment: note }: PageColumn) {
  const marks = roles.map((role) => `<abbr class="role ${role}" title="${roleNames[role]}">${role}</abbr>`);
  return [
    `<bdi class="name">${text(name)}</bdi> ${marks.join(" ")}${life.to === undefined ? "" : ` <span class="verdict none">until phase ${life.to}</span>`}${driftMarkup(drift)}${comment(note)}`,
    `<code title="${text(type)}">${text(shortType(type))}</code>`,
    nullable ? "NULL" : "<strong>NOT NULL</strong>",
    value === undefined ? "" : code(value),
    migrations(touches),
  ];
}

const roleNames = { PK: "primary key", FK: "foreign key", LR: "logical reference" } as const;

function indexRow({ name, definition, verdict, touches, comment: note }: PageIndex): string[] {
  const remarks = verdict.remarks.map((remark) => `<div class="remark">${text(remark)}</div>`).join("");
  return [
    `<bdi class="name">${text(name)}</bdi>${comment(note)}`,
    code(definition),
    `${verdictMarkup(indexVerdict(verdict.state))}${remarks}`,
    migrations(touches),
  ];
}

function objectRow({ name, kind, definition, touches, drift, comment: note }: PageObject): string[] {
  return [
    `<bdi class="name">${text(name)}</bdi>${driftMarkup(drift)}${comment(note)}`,
    text(kind),
    code(definition),
    migrations(touches),
  ];
}

function tableLink({ tables, ids }: Context, id: string): string {
  const table = tables.get(id);
  return table === undefined
    ? `<bdi>${text(id.replace(":", "."))}</bdi> <span class="none">(not on this page)</span>`
    : `<a href="#${ids.get(id)}"><bdi>${text(`${table.database}.${table.name}`)}</bdi></a>`;
}

function referenceRow(
  context: Context,
  { from, to, columns, toColumns, logical, note }: PageReference,
  isOutgoing: boolean,
): string[] {
  const [own, other] = isOutgoing ? [columns, toColumns] : [toColumns, columns];
  const names = (list: readonly string[]) => (list.length === 0 ? "" : code(list.join(", ")));
  return [
    names(own),
    `${tableLink(context, isOutgoing ? to : from)} ${names(other)}`,
    logical ? '<span class="kind logical">logical reference</span>' : '<span class="kind">foreign key</span>',
    note === undefined ? "" : code(note),
  ];
}

function references(context: Context, table: PageTable): string {
  const out = context.outgoing.get(table.id) ?? [];
  const back = context.incoming.get(table.id) ?? [];
  const headings = ["Column", "Table", "Kind", "Actions"];
  return [
    section(
      "References",
      out.length,
      grid(
        `References of ${table.name}`,
        headings,
        out.map((one) => referenceRow(context, one, true)),
      ),
    ),
    section(
      "Referenced by",
      back.length,
      grid(
        `References to ${table.name}`,
        headings,
        back.map((one) => referenceRow(context, one, false)),
      ),
    ),
  ].join("");
}

/** The migrations that made or changed the table itself. */
function history({ touches }: PageTable): string {
  const items = touches.map(
    ({ number, name, phase, action, what }) =>
      `<li><bdi class="name">${text(`${formatNumber(number)}_${name}`)}</bdi> <span class="none">phase ${phase}</span> ${actions[action]}${what.length === 0 ? "" : `: ${text(what.join(", "))}`}</li>`,
  );
  return section("Migrations", touches.length, `<ol class="history">${items.join("")}</ol>`);
}

/** The section of one table. */
export function tableSection(context: Context, table: PageTable): string {
  const { ids, findings } = context;
  const id = ids.get(table.id) ?? "";
  const { name, database, kind, columns, indexes, objects, location, life } = table;
  const facts = [
    database,
    kind,
    phaseMarkup(life),
    ...(location === undefined ? [] : [`${location.file}:${location.line}`]),
  ].map((fact) => `<li>${text(fact)}</li>`);
  const found = findings.get(table.id) ?? [];
  return [
    `<section class="view page" id="${id}" aria-labelledby="${id}-h" data-table>`,
    `<header><h2 id="${id}-h" tabindex="-1"><bdi>${text(name)}</bdi></h2><ul class="facts">${facts.join("")}</ul><a class="locate" href="#diagram/${id}">Show in diagram</a><a class="back" href="#diagram">Close</a></header>`,
    `${table.drift === undefined ? "" : `<p>${verdictMarkup(driftVerdict(table.drift))}</p>`}${comment(table.comment)}`,
    section("Findings", found.length, findingsList(found)),
    section(
      "Columns",
      columns.length,
      grid(`Columns of ${name}`, ["Column", "Type", "Null", "Default", "Migration"], columns.map(columnRow)),
    ),
    section(
      "Indexes",
      indexes.length,
      grid(`Indexes of ${name}`, ["Index", "Definition", "Verdict", "Migration"], indexes.map(indexRow)),
    ),
    references(context, table),
    section(
      "Constraints and other objects",
      objects.length,
      grid(`Constraints of ${name}`, ["Name", "Kind", "Definition", "Migration"], objects.map(objectRow)),
    ),
    history(table),
    "</section>",
  ].join("");
}

/** The number of columns and indexes of all tables, in words. */
export function totals({ tables }: Page): string {
  const sum = (of: (table: PageTable) => number) => tables.reduce((total, table) => total + of(table), 0);
  const indexes = sum((table) => table.indexes.filter(({ origin }) => origin !== "primaryKey").length);
  return [
    count(tables.length, "table"),
    count(
      sum(({ columns }) => columns.length),
      "column",
    ),
    count(indexes, "index", "indexes"),
  ].join(", ");
}
