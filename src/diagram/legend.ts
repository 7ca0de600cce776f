import { lineCells } from "./canvas.ts";
import type { Drawing } from "./drawing.ts";
import type { TextStyle } from "./render/text.ts";

/** Explains the signs that a drawing contains, in lines of at most `width` cells. */
export function legend(drawings: readonly Drawing[], style: TextStyle, width: number): string[] {
  const [solid, dashed, over] = style === "unicode" ? ["──", "╌╌", "─│─"] : ["--", "..", "-|-"];
  const references = drawings.flatMap(({ nets }) =>
    nets.flatMap(({ ends }) => ends.map((end) => end.reference)),
  );
  const boxes = drawings.flatMap((drawing) => drawing.boxes.map(({ box }) => box));
  const changes = new Set(
    [...references, ...boxes.map(({ table }) => table), ...boxes.flatMap(({ lines }) => lines)].map(
      ({ change }) => change,
    ),
  );
  const typed = boxes.some(({ lines }) =>
    lines.some(({ spans }) => spans.some(({ role, text }) => role === "type" && text.endsWith("?"))),
  );
  const crossing = drawings.some((drawing) =>
    [...(lineCells(drawing)?.values() ?? [])].some(({ crossed }) => crossed),
  );
  const entries: readonly (readonly [boolean, string])[] = [
    [references.some(({ unique }) => !unique), `${solid}< many`],
    [references.some(({ unique }) => unique), `${solid}1 at most one`],
    [references.some(({ optional }) => optional), "o may be NULL"],
    [typed, "? may be NULL"],
    [references.some(({ logical }) => logical), `${dashed}< logical reference`],
    [crossing, `${over} not joined`],
    [changes.has("added"), "+ not documented"],
    [changes.has("missing"), "- missing"],
    [changes.has("changed"), "~ changed"],
  ];
  const lines: string[] = [];
  for (const [, entry] of entries.filter(([used, text]) => used && text.length <= width)) {
    const longer = lines.length === 0 ? entry : `${lines.at(-1)}   ${entry}`;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(entry);
  }
  return lines;
}
