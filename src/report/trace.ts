import type { Location } from "../errors.ts";
import { formatNumber } from "../migration-number.ts";
import type { Attribute, SchemaObject } from "../schema/model.ts";
import type { Link, LocatedTouch, Trace } from "../trace/assemble.ts";
import type { LiveState } from "../trace/live.ts";
import type { Style } from "./style.ts";
import { visible } from "./visible.ts";

function place({ file, line }: Location): string {
  return `${file}:${line}`;
}

/** Values that nearly every object has, and that are left out. */
const usual: Readonly<Record<string, Attribute>> = {
  valid: true,
  ready: true,
  live: true,
  validated: true,
  enforced: true,
  persistence: "permanent",
  replicaIdentity: "default",
  accessMethod: "heap",
  match: "simple",
};

/** The attributes that matter: unset, false and usual ones are left out; the comment is shown separately. */
function facts({ attributes }: SchemaObject): [string, Attribute][] {
  return Object.entries(attributes).filter(
    ([name, value]) => value !== null && value !== false && value !== usual[name] && name !== "comment",
  );
}

const units = ["bytes", "kB", "MB", "GB", "TB"];

function size(bytes: number): string {
  const step = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${step === 0 ? bytes : (bytes / 1024 ** step).toFixed(1)} ${units[step]}`;
}

function liveLines(live: LiveState): string[] {
  if ("reason" in live) return [`unknown: ${live.reason}`];
  if (!("object" in live))
    return live.state === "pending"
      ? [`not yet in ${live.label}: its migration is pending`]
      : [`missing in ${live.label}`];
  const { extent, object, differences, label } = live;
  const { comment = null } = object.attributes;
  return [
    `${live.state} in ${label}`,
    ...facts(object).map(([name, value]) => `${name}: ${value}`),
    ...(comment === null ? [] : [`comment: ${comment}`]),
    ...(extent === undefined
      ? []
      : [`about ${extent.rows ?? "an unknown number of"} rows, ${size(extent.bytes)}`]),
    ...differences.map(
      ({ attribute, expected, actual }) =>
        `${attribute} is ${actual ?? "nothing"} instead of ${expected ?? "nothing"}`,
    ),
  ];
}

function touchLines({ number, name, phase, action, what, location }: LocatedTouch): string[] {
  return [
    `${formatNumber(number)}_${name} of phase ${phase}: ${action}, ${place(location)}`,
    ...what.map((part) => `  ${part}`),
  ];
}

function linkLine({ database, kind, object, location }: Link): string {
  return `${kind} ${database}.${object}${location === undefined ? "" : `, ${place(location)}`}`;
}

function section(title: string, lines: readonly string[], { paint }: Style): string[] {
  if (lines.length === 0) return [];
  return [paint.bold(title), ...lines.map((line) => `  ${visible(line)}`)];
}

/** Says that an object is absent, as far as is known. */
function absentLines(absence: string, notRead: Trace["notRead"]["document"]): string[] {
  if (notRead.length === 0) return [absence];
  return [
    `${absence} in what was read; not read:`,
    ...notRead.map(({ what, name, reason }) => `  ${what} ${name}: ${reason}`),
  ];
}

/** For people: a section for each of document, migrations and database, then related objects. */
export function traceText(trace: Trace, style: Style): string {
  const { named, document, migrations, live, notRead, usedBy, refersTo } = trace;
  const phase = document?.phase;
  const documented =
    document === undefined || phase === undefined
      ? absentLines("not documented", notRead.document)
      : [
          `${place(document.location)}, phase ${phase.from === phase.to ? phase.from : `${phase.from}-${phase.to}`}`,
        ];
  const made =
    migrations.length === 0
      ? absentLines("no migration creates it", notRead.migrations)
      : migrations.flatMap(touchLines);
  return `${[
    style.paint.bold(visible(`${named.object.kind} ${named.database}.${named.object.name}`)),
    ...section("document", documented, style),
    ...section("migrations", made, style),
    ...section("database", liveLines(live), style),
    ...section("used by", usedBy.map(linkLine), style),
    ...section("refers to", refersTo.map(linkLine), style),
  ].join("\n")}\n`;
}

/** An object of the live database with its attributes, or why it is not known. */
type LiveReport =
  | Exclude<LiveState, { object: SchemaObject }>
  | (Omit<Extract<LiveState, { object: SchemaObject }>, "object"> & {
      readonly attributes: SchemaObject["attributes"];
    });

function liveReport(live: LiveState): LiveReport {
  if (!("object" in live)) return live;
  const { object, ...rest } = live;
  return { ...rest, attributes: object.attributes };
}

/** All that document, migrations and database say about an object, as the command-line contract has it. */
export interface TraceReport extends Pick<Trace, "migrations" | "usedBy" | "refersTo"> {
  /** Only if something was left out of the document or the migrations. */
  readonly notRead?: Trace["notRead"];
  readonly schemaVersion: 1;
  readonly object: { readonly database: string; readonly kind: string; readonly name: string };
  readonly document: NonNullable<Trace["document"]> | null;
  readonly live: LiveReport;
}

export function traceReport({
  named,
  document,
  migrations,
  live,
  notRead,
  usedBy,
  refersTo,
}: Trace): TraceReport {
  const { database, object } = named;
  return {
    schemaVersion: 1,
    object: { database, kind: object.kind, name: object.name },
    document: document ?? null,
    migrations,
    live: liveReport(live),
    ...(notRead.document.length + notRead.migrations.length > 0 && { notRead }),
    usedBy,
    refersTo,
  };
}
