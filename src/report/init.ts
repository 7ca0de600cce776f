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

function title({ tool, folder, refused }: InitReport): string {
  if (refused.length > 0) return "Nothing was written.";
  return tool === null
    ? "No migrations of another tool were found."
    : `Migrations of ${tool} in ${visible(folder ?? "")}.`;
}

/** What was taken over, left out and written, for people. */
export function initText(report: InitReport, { paint }: Style): string {
  const { takes, skips, warnings, refused, written, wouldWrite, next } = report;
  const lines = [
    title(report),
    "",
    ...section(paint.red("Refused:"), refused.map(noteLine)),
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
