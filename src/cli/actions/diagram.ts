import { arrange } from "../../diagram/arrange.ts";
import type { Lettering } from "../../diagram/box.ts";
import { columnsModes } from "../../diagram/columns.ts";
import type { Drawing } from "../../diagram/drawing.ts";
import { legend } from "../../diagram/legend.ts";
import { printable, sevenBit } from "../../diagram/lettering.ts";
import type { Change, Diagram } from "../../diagram/model.ts";
import { neighbourhood } from "../../diagram/neighbourhood.ts";
import { renderDot } from "../../diagram/render/dot.ts";
import { mermaidLimit, renderMermaid } from "../../diagram/render/mermaid.ts";
import { renderSvg } from "../../diagram/render/svg.ts";
import { type Paint, renderText, type TextStyle } from "../../diagram/render/text.ts";
import { SocratesError } from "../../errors.ts";
import { checkLimit } from "../../migrations/plan.ts";
import { style as reportStyle } from "../../report/style.ts";
import { choiceOption, exclusive, flagOption, numberOption, textOption } from "../arguments/options.ts";
import { reportColor } from "../color.ts";
import type { Action, Invocation } from "../commands/command.ts";
import { openContext } from "../context.ts";
import { type DrawnRequest, drawnDiagrams } from "../drawn-sources.ts";

const styles = ["unicode", "ascii", "mermaid", "dot", "svg"] as const;

function painter(invocation: Invocation): Paint {
  const { paint } = reportStyle(reportColor(invocation));
  const colours = { added: paint.green, missing: paint.red, changed: paint.yellow } as const satisfies Record<
    Change,
    unknown
  >;
  return (text, change) => colours[change](text);
}

/** Diagrams below each other, each with its heading, and what their signs mean. */
async function text(
  diagrams: readonly Diagram[],
  style: TextStyle,
  lettering: Lettering,
  width: number,
  paint: Paint,
): Promise<string> {
  const drawings: Drawing[] = [];
  for (const diagram of diagrams) drawings.push(await arrange(diagram, lettering, width));
  const least = Math.max(0, ...drawings.map((drawing) => drawing.width));
  if (least > width)
    throw new SocratesError(
      "usage",
      `a width of ${width} is too small: this diagram needs ${least} columns`,
      {
        hint: `Give it --width ${least}, or draw less with --columns none or --table.`,
      },
    );
  const parts = diagrams.map(({ title, tables }, i) => {
    const drawing = drawings[i];
    const lines =
      drawing === undefined || tables.length === 0
        ? ["(no tables)"]
        : renderText(drawing, style, lettering.width, paint);
    return [lettering.show(title), "", ...lines].join("\n");
  });
  const signs = legend(drawings, style, width);
  return `${[...parts, ...(signs.length === 0 ? [] : [signs.join("\n")])].join("\n\n")}\n`;
}

/** What is drawn of which source. @throws SocratesError `usage` for options that do not go together */
function requestOf({ options }: Invocation): DrawnRequest & { table: string | undefined; depth: number } {
  const table = textOption(options, "table");
  const depth = numberOption(options, "depth", 0);
  if (depth !== undefined && table === undefined)
    throw new SocratesError("usage", "--depth counts from a table, but there is no --table", {
      hint: "Write for example --table users --depth 2.",
    });
  exclusive(options, ["source", "diff"]);
  return {
    source: textOption(options, "source"),
    diff: flagOption(options, "diff"),
    phase: numberOption(options, "phase", 0),
    table,
    depth: depth ?? 1,
  };
}

/** `socrates-db diagram` */
export const diagramAction: Action = async (invocation) => {
  const { io, options } = invocation;
  const style = choiceOption(options, "style", styles, "unicode");
  const columns = choiceOption(options, "columns", columnsModes, "none");
  const width = numberOption(options, "width", 1) ?? io.columns ?? Number.POSITIVE_INFINITY;
  const request = requestOf(invocation);
  const context = await openContext(invocation, {
    migrations: "optional",
    databases: request.diff || request.source === "live" ? "used" : "unused",
  });
  if (request.phase !== undefined && context.project.chains.length > 0)
    checkLimit(context.project.chains, { phase: request.phase });
  const whole = await drawnDiagrams(request, context, invocation);
  const diagrams = request.table === undefined ? whole : neighbourhood(whole, request.table, request.depth);
  // Its library takes 20 ms to load, and the actions beside this one do without it.
  const { cells } = await import("../../diagram/cells.ts");
  const lettering = { show: style === "ascii" ? sevenBit : printable, width: cells, columns };
  if (style === "mermaid") {
    const drawn = renderMermaid(diagrams, columns);
    if (drawn.length > mermaidLimit)
      io.err(
        `warning: the diagram has ${drawn.length} characters; Mermaid draws at most ${mermaidLimit} unless maxTextSize is raised. Draw less with --columns, --table or --database.`,
      );
    await io.out(drawn);
  } else if (style === "dot") await io.out(renderDot(diagrams, columns));
  else if (style === "svg") {
    const parts = [];
    for (const diagram of diagrams)
      parts.push({ diagram, drawing: await arrange(diagram, lettering, Number.POSITIVE_INFINITY) });
    await io.out(renderSvg(parts));
  } else await io.out(await text(diagrams, style, lettering, width, painter(invocation)));
  return 0;
};
