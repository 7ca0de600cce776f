import type { InitReport } from "../init/init.ts";
import type { Note } from "../init/model.ts";
import type { Style } from "./style.ts";
import { visible } from "./visible.ts";

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`), ""];
}

function noteLine({ from, reason }: Note): string {
  return `${visible(from)}: ${visible(reason)}`;
}

function title({ tool, folder, refused, baselines }: InitReport): string {
  if (refused.length > 0) return "Nothing was written.";
  if (baselines !== undefined)
    return "Baselines of existing databases. The embedded PostgreSQL has run them, and the result is equal.";
  return tool === null
    ? "No migrations of another tool were found."
    : `Migrations of ${tool} in ${visible(folder ?? "")}.`;
}

/** What was taken over, left out and written, for people. */
export function initText(report: InitReport, { paint }: Style): string {
  const { takes, baselines, skips, warnings, refused, written, wouldWrite, next } = report;
  const lines = [
    title(report),
    "",
    ...section(paint.red("Refused:"), refused.map(noteLine)),
    ...section(
      "Read:",
      (baselines ?? []).map(
        ({ database, number, tables, objects }) =>
          `${database}: ${tables} ${tables === 1 ? "table" : "tables"}, ${objects} objects, in migration ${String(number).padStart(3, "0")}`,
      ),
    ),
    ...section(
      "Taken over:",
      takes.map(
        ({ from, number, name, down }) =>
          `${String(number).padStart(3, "0")} ${name}  from ${visible(from)}${down ? "" : "  (no down file)"}`,
      ),
    ),
    ...section("Left out:", skips.map(noteLine)),
    ...section(paint.yellow("Warnings:"), warnings.map(noteLine)),
    ...section("Written:", written.map(visible)),
    ...section("Would be written:", (wouldWrite ?? []).map(visible)),
    ...section("Next:", next.map(visible)),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}
