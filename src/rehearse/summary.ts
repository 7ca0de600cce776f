import { displayPath } from "../sql/source-file.ts";
import type { Sizes } from "./sizes/stated.ts";
import type { ReportedLock } from "./statements.ts";
import { type Rehearsed, type RehearsedStatement, statementsOf } from "./statements.ts";

/** `ShareRowExclusiveLock` as the manual writes it: SHARE ROW EXCLUSIVE. */
export function modeText(mode: string): string {
  return mode
    .replace(/Lock$/, "")
    .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
    .toUpperCase();
}

/** Locks by relation, on one line. */
export function lockText(locks: readonly ReportedLock[]): string {
  const modes = new Map<string, string[]>();
  for (const { relation, mode } of locks)
    modes.set(relation, [...(modes.get(relation) ?? []), modeText(mode)]);
  return [...modes].map(([relation, all]) => `${relation} ${all.join(" + ")}`).join(", ");
}

/** A statement on one line. */
function lineOf({
  file,
  line,
  locks,
  rewrites,
  scans,
  blocks,
  measured,
  reason,
  ...sizes
}: RehearsedStatement): string {
  const place = `  ${file}:${line}`;
  if (!measured) return `${place}  not measured: ${reason ?? ""}`;
  const parts = [
    `locks ${lockText(locks)}`,
    ...(rewrites.length === 0 ? [] : [`rewrites ${rewrites.join(", ")}`]),
    ...(scans.length === 0 ? [] : [`reads ${scans.join(", ")}`]),
    `blocks ${blocks}`,
    ...sizeTexts(sizes),
  ];
  return `${place}  ${parts.join("; ")}`;
}

/** A size with its unit, to three digits. */
export function sizeText(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let [size, at] = [bytes, 0];
  while (size >= 1000 && at < units.length - 1) [size, at] = [size / 1024, at + 1];
  return `${at === 0 ? size : Number(size.toPrecision(3))} ${units[at]}`;
}

function sizeTexts({ bytes = 0, rows = 0, temporaryBytes = 0, seconds, unknown = {} }: Sizes): string[] {
  const { seconds: noTime, ...noSize } = unknown;
  const unknowns = new Set(Object.values(noSize));
  return [
    ...(bytes === 0 ? [] : [`writes ${sizeText(bytes)}`]),
    ...(temporaryBytes === 0 ? [] : [`needs ${sizeText(temporaryBytes)} until the commit`]),
    ...(rows === 0 ? [] : [`reads ${rows} rows`]),
    ...[...unknowns].map((reason) => `size unknown: ${reason}`),
    ...(seconds === undefined ? [] : [`takes ${seconds.low} to ${seconds.high} s`]),
    ...(noTime === undefined ? [] : [`duration unknown: ${noTime}`]),
  ];
}

function count(number: number, one: string): string {
  return `${number} ${number === 1 ? one : `${one}s`}`;
}

/** What was rehearsed for a database: each file, and each statement that touches what exists. */
export function summaryOf(rehearsed: Rehearsed): string[] {
  const { plan, scripts, empty, version, sizes } = rehearsed;
  const all = statementsOf(rehearsed);
  const major = Math.floor(version / 10_000);
  const rules =
    plan.versionOf === "target"
      ? `PostgreSQL ${major}, as its target`
      : `PostgreSQL ${major}, the oldest maintained`;
  const lines = scripts.flatMap(({ file, outcomes }) => {
    const path = displayPath(file.source.path);
    const own = all.filter((one) => one.file === path);
    const shown = own.filter(({ locks, measured }) => locks.length > 0 || !measured);
    const quiet = own.length - shown.length;
    const rest = quiet === 0 ? [] : [`  ${path}: ${count(quiet, "statement")} without a lock on what exists`];
    return outcomes.length === 0 ? [] : [...shown.map(lineOf), ...rest];
  });
  return [
    `${plan.key}: ${count(scripts.length, "file")} rehearsed after ${count(plan.base.length, "migration")}, with the rules of ${rules}`,
    ...(sizes === undefined ? [] : [`  sizes: ${sizes.source}`]),
    ...(plan.withoutSizes === undefined ? [] : [`  sizes unknown: ${plan.withoutSizes}`]),
    ...(empty.length === 0 ? [] : [`  no row could be made for ${empty.join(", ")}`]),
    ...lines,
  ];
}
