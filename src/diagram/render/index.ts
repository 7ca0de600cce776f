import { SocratesError } from "../../errors.ts";
import { arrange } from "../arrange.ts";
import type { LabelFormat } from "../box.ts";
import type { ColumnsMode } from "../columns.ts";
import type { Drawing } from "../drawing.ts";
import { printable, sevenBit } from "../labels.ts";
import { legend } from "../legend.ts";
import type { Diagram } from "../model.ts";
import type { DiagramStyle } from "../styles.ts";
import { renderDot } from "./dot.ts";
import { mermaidLimit, renderMermaid } from "./mermaid.ts";
import { renderSvg } from "./svg.ts";
import { type Paint, renderText, type TextStyle } from "./text.ts";

/** How diagrams are rendered. */
export interface RenderOptions {
  readonly style: DiagramStyle;
  readonly columns: ColumnsMode;
  /** The longest line of `unicode` and `ascii`, in terminal columns. */
  readonly width: number;
  /** Colours for what differs, in `unicode` and `ascii`. */
  readonly paint: Paint;
}

/** Text diagrams one after the other, each with its title, and a legend. */
async function renderTexts(
  diagrams: readonly Diagram[],
  style: TextStyle,
  labels: LabelFormat,
  { width, paint }: RenderOptions,
): Promise<string> {
  const drawings: Drawing[] = [];
  for (const diagram of diagrams) drawings.push(await arrange(diagram, labels, width));
  const needed = Math.max(0, ...drawings.map((drawing) => drawing.width));
  if (needed > width)
    throw new SocratesError(
      "usage",
      `a width of ${width} is too small: this diagram needs ${needed} columns`,
      {
        hint: `Use --width ${needed}, or draw less with --columns none or --table.`,
      },
    );
  const parts = diagrams.map(({ title, tables }, i) => {
    const drawing = drawings[i];
    const lines =
      drawing === undefined || tables.length === 0
        ? ["(no tables)"]
        : renderText(drawing, style, labels.width, paint);
    return [labels.show(title), "", ...lines].join("\n");
  });
  const signs = legend(drawings, style, width);
  return `${[...parts, ...(signs.length === 0 ? [] : [signs.join("\n")])].join("\n\n")}\n`;
}

/** A rendered diagram, with warnings about displaying it. */
export interface RenderedDiagram {
  readonly text: string;
  readonly warnings: readonly string[];
}

function sizeWarnings(mermaid: string): string[] {
  if (mermaid.length <= mermaidLimit) return [];
  return [
    `the diagram has ${mermaid.length} characters; Mermaid draws at most ${mermaidLimit} unless maxTextSize is raised. Draw less with --columns, --table or --database.`,
  ];
}

/** Renders diagrams as one text. @throws SocratesError `usage` for a width that is too small */
export async function renderDiagrams(
  diagrams: readonly Diagram[],
  options: RenderOptions,
): Promise<RenderedDiagram> {
  const { style, columns } = options;
  if (style === "mermaid") {
    const text = renderMermaid(diagrams, columns);
    return { text, warnings: sizeWarnings(text) };
  }
  if (style === "dot") return { text: renderDot(diagrams, columns), warnings: [] };
  // Its library takes 20 ms to load, and the other commands do not need it.
  const { cells } = await import("../cells.ts");
  const labels = { show: style === "ascii" ? sevenBit : printable, width: cells, columns };
  if (style !== "svg") return { text: await renderTexts(diagrams, style, labels, options), warnings: [] };
  const parts = [];
  for (const diagram of diagrams)
    parts.push({ diagram, drawing: await arrange(diagram, labels, Number.POSITIVE_INFINITY) });
  return { text: renderSvg(parts), warnings: [] };
}
