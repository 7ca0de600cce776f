import { displayPath } from "../sql/source-file.ts";
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
}: RehearsedStatement): string {
  const place = `  ${file}:${line}`;
  if (!measured) return `${place}  not measured: ${reason ?? ""}`;
  const parts = [
    `locks ${lockText(locks)}`,
    ...(rewrites.length === 0 ? [] : [`rewrites ${rewrites.join(", ")}`]),
    ...(scans.length === 0 ? [] : [`reads ${scans.join(", ")}`]),
    `blocks ${blocks}`,
  ];
  return `${place}  ${parts.join("; ")}`;
}

function count(number: number, one: string): string {
  return `${number} ${number === 1 ? one : `${one}s`}`;
}

/** What was rehearsed for a database: each file, and each statement that touches what exists. */
export function summaryOf(rehearsed: Rehearsed): string[] {
  const { plan, scripts, empty, version } = rehearsed;
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
    ...(empty.length === 0 ? [] : [`  no row could be made for ${empty.join(", ")}`]),
    ...lines,
  ];
}
