import { cells } from "../../diagram/cells.ts";
import type { Point } from "../../diagram/plane.ts";
import { additions, leftOutTexts } from "../growth.ts";
import { type Layout, type PlacedReference, type PlacedTable, sizes } from "../layout.ts";
import type { Life, Page, PageReference } from "../model.ts";
import { driftVerdict, indexesVerdict, tableDrift, type Verdict } from "../verdict-words.ts";
import { count, text } from "./text.ts";

/** The phases of an element, for the script; nothing if it exists in all of them. */
export function phases({ from, to }: Life): string {
  return `${from > 0 ? ` data-f="${from}"` : ""}${to === undefined ? "" : ` data-u="${to}"`}`;
}

/** The classes of an element; one that the last phase no longer has is not shown without the script either. */
function classes(names: string, { to }: Life): string {
  return `class="${names}${to === undefined ? "" : " off"}"`;
}

/** Radius of the corners of lines. */
const radius = 7;

/** A line with round corners. */
function linePath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  const parts = [`M${first.x} ${first.y}`];
  rest.forEach((corner, i) => {
    const [before = first, after] = [points[i], rest[i + 1]];
    if (after === undefined) {
      parts.push(`L${corner.x} ${corner.y}`);
      return;
    }
    const toward = (other: Point) => {
      const length = Math.hypot(other.x - corner.x, other.y - corner.y);
      const share = length === 0 ? 0 : Math.min(radius, length / 2) / length;
      const at = (a: number, b: number) => Math.round((a + (b - a) * share) * 10) / 10;
      return `${at(corner.x, other.x)} ${at(corner.y, other.y)}`;
    };
    parts.push(`L${toward(before)}Q${corner.x} ${corner.y} ${toward(after)}`);
  });
  return parts.join("");
}

/** A line without a free way: a curve below the boxes. */
function curvePath([start, end]: readonly [Point, Point]): string {
  const bend = Math.max(60, Math.abs(end.x - start.x) / 2);
  return `M${start.x} ${start.y}C${start.x + bend} ${start.y} ${end.x - bend} ${end.y} ${end.x} ${end.y}`;
}

/** The end at the referring table: a crow's foot, or a bar for at most one row; a ring if it may be NULL. */
function footPath({ unique, optional }: PageReference, { x, y }: Point, away: number): string {
  const foot = unique ? `M${x + 6 * away} ${y - 5}v10` : `M${x} ${y - 5}L${x + 9 * away} ${y}L${x} ${y + 5}`;
  const ring = optional ? `M${x + 15 * away} ${y}m-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0` : "";
  return `${foot}${ring}`;
}

/** A reference in words, for titles and lists. */
export function referenceWords(page: Page, { from, to, columns, toColumns, logical }: PageReference): string {
  const nameOf = (id: string) => {
    const table = page.tables.find((one) => one.id === id);
    return table === undefined ? id : `${table.database}.${table.name}`;
  };
  const target = toColumns.length === 0 ? "" : ` (${toColumns.join(", ")})`;
  return `${nameOf(from)} (${columns.join(", ")}) → ${nameOf(to)}${target}${logical ? ", logical reference" : ""}`;
}

function referenceMarkup(
  { reference, points }: PlacedReference,
  indexOf: ReadonlyMap<string, number>,
  words: string,
): string {
  const { from, to, logical, life } = reference;
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return "";
  const isCurve = points.length === 2 && first.y !== last.y;
  const away = (points.at(-2)?.x ?? first.x) > last.x ? 1 : -1;
  const path = isCurve ? curvePath([first, last]) : linePath(points);
  return `<g ${classes(logical ? "ref logical" : "ref", life)} data-a="${indexOf.get(from)}" data-b="${indexOf.get(to)}"${phases(life)}><title>${text(words)}</title><path d="${path}"/><path class="end" d="M${first.x} ${first.y - 4}v8${footPath(reference, last, isCurve ? -1 : away)}"/></g>`;
}

/** A label on the border of a box. */
function pill(kind: string, words: string, right: number, y: number, attributes = ""): string {
  const width = Math.ceil(words.length * 6.7) + 16;
  return `<g class="pill ${kind}"${attributes}><rect x="${right - width}" y="${y - 10}" width="${width}" height="20" rx="10"/><text x="${right - width / 2}" y="${y + 4}" text-anchor="middle">${text(words)}</text></g>`;
}

function verdictPill(overlay: string, { tone, sign, words }: Verdict, box: PlacedTable): string {
  return pill(`${overlay} ${tone}`, `${sign} ${words}`, box.width - 8, box.height);
}

/** A long name on two lines, divided where words are. */
function twoLines(name: string): string[] {
  const places = [...name.matchAll(/[_. -]/g)].map(({ index }) => index + 1);
  const [middle] = places.sort((a, b) => Math.abs(a - name.length / 2) - Math.abs(b - name.length / 2));
  return name.length < 14 || middle === undefined ? [name] : [name.slice(0, middle), name.slice(middle)];
}

/** The name across the whole box, for scales at which columns cannot be read. */
function bigName({ label, width, height }: PlacedTable): string {
  const lines = twoLines(label);
  const longest = Math.max(...lines.map((line) => cells(line)));
  const size =
    Math.round(Math.min(26, (width - 24) / (longest * 0.605), (height - 12) / lines.length / 1.2) * 10) / 10;
  const first = height / 2 + size * (0.35 - 0.58 * (lines.length - 1));
  const spans = lines.map(
    (line, i) => `<tspan x="${width / 2}" y="${Math.round(first + i * size * 1.16)}">${text(line)}</tspan>`,
  );
  return `<text class="big" font-size="${size}" text-anchor="middle">${spans.join("")}</text>`;
}

function tableMarkup(box: PlacedTable, index: number, id: string, page: Page): string {
  const { table, label, rows, names, x, y, width, height } = box;
  const last = page.lastPhase ?? 0;
  const shown = new Set(rows.map(({ column }) => column.name));
  const columns = rows.map(({ column, label: name, y: top }) => {
    const roles = column.roles.map(
      (role, i) =>
        `<text class="role ${role}" x="${sizes.padding + i * sizes.role}" y="${top + 14}">${role}</text>`,
    );
    const title = name === column.name ? "" : `<title>${text(column.name)}</title>`;
    return `<g ${classes("row", column.life)}${phases(column.life)}>${roles.join("")}<text x="${names}" y="${top + 14}">${text(name)}${title}</text></g>`;
  });
  const foot = leftOutTexts(table, shown, last).map(
    ({ life, text: words }) =>
      `<text ${classes("foot", life)}${phases(life)} x="${sizes.padding}" y="${height - 9}">${text(words)}</text>`,
  );
  const added = additions(table, last).map(({ phase, text: words }) =>
    pill("added", words, width - 8, 0, ` data-p="${phase}"`),
  );
  const drift = tableDrift(table);
  const isRead = page.databases.some(({ key, live }) => key === table.database && !("notRead" in live));
  const shownDrift: Verdict | undefined =
    drift !== undefined
      ? driftVerdict(drift)
      : isRead
        ? undefined
        : { tone: "none", sign: "?", words: "not compared" };
  const indexes = indexesVerdict(table);
  return [
    `<a ${classes("table", table.life)} href="#${id}" data-i="${index}"${phases(table.life)} data-drift="${shownDrift?.tone ?? ""}" data-indexes="${indexes.tone}" transform="translate(${x} ${y})">`,
    label === table.name ? "" : `<title>${text(table.name)}</title>`,
    `<rect class="box" width="${width}" height="${height}" rx="8"/>`,
    `<g class="near"><text class="name" x="${sizes.padding}" y="22">${text(label)}</text>`,
    rows.length === 0 ? "" : `<path class="rule" d="M0 ${sizes.head - 3}H${width}"/>`,
    ...columns,
    ...foot,
    "</g>",
    bigName(box),
    shownDrift === undefined ? "" : verdictPill("drift", shownDrift, box),
    verdictPill("indexes", indexes, box),
    ...added,
    "</a>",
  ].join("");
}

/**
 * The diagram as SVG, which a browser shows without the script too.
 * @param ids of the elements of the tables
 */
export function diagramMarkup(page: Page, layout: Layout, ids: ReadonlyMap<string, string>): string {
  const { width, height } = layout;
  const indexOf = new Map(layout.tables.map(({ table }, i) => [table.id, i]));
  const zones = page.databases.flatMap(({ key, name }) => {
    const area = layout.databases.get(key);
    if (area === undefined) return [];
    return `<g class="zone"><rect x="${area.x}" y="${area.y}" width="${area.width}" height="${area.height}" rx="14"/><text x="${area.x + 24}" y="${area.y + 34}">${text(name)}</text></g>`;
  });
  const words = new Map(page.references.map((reference) => [reference.id, referenceWords(page, reference)]));
  const lines = layout.references.map((placed) =>
    referenceMarkup(placed, indexOf, words.get(placed.reference.id) ?? ""),
  );
  const tables = layout.tables.map((box, i) => tableMarkup(box, i, ids.get(box.table.id) ?? "", page));
  const label = `${count(layout.tables.length, "table")} and ${count(layout.references.length, "reference")} between them`;
  return `<svg id="map" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="group" aria-label="${text(label)}">${zones.join("")}<g>${lines.join("")}</g><g>${tables.join("")}</g></svg>`;
}
