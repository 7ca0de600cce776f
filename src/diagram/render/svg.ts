import { arm, cellKey, lineCells } from "../canvas.ts";
import type { Drawing, End, Net, Placed } from "../drawing.ts";
import type { Diagram } from "../model.ts";
import { markup } from "./markup.ts";

/** Size of a cell in user units, a little wider than a character of 13 px monospace fonts. */
const cell = { width: 8, height: 18 };
const margin = 16;
const headingHeight = 36;

/** Light and dark. A viewer without media queries shows the light one. */
const css = `
text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:13px;fill:#1f2328;white-space:pre}
.page{fill:#fff}.box{fill:#f6f8fa;stroke:#59636e}.heading{font-size:15px;font-weight:600}.title{font-weight:600}
.line{fill:none;stroke:#59636e}.dashed{stroke-dasharray:4 3}.dot{fill:#59636e}.hole{fill:#fff;stroke:#59636e}
.mark{fill:#0969da}.type,.note{fill:#59636e}
.added{stroke:#1a7f37}.missing{stroke:#cf222e}.changed{stroke:#9a6700}
text.added,text.missing,text.changed{stroke:none}text.added{fill:#1a7f37}text.missing{fill:#cf222e}text.changed{fill:#9a6700}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}.page{fill:#0d1117}.box{fill:#161b22;stroke:#8b949e}.line{stroke:#8b949e}.dot{fill:#8b949e}
.hole{fill:#0d1117;stroke:#8b949e}.mark{fill:#58a6ff}.type,.note{fill:#8b949e}
.added{stroke:#3fb950}.missing{stroke:#f85149}.changed{stroke:#d29922}
text.added{fill:#3fb950}text.missing{fill:#f85149}text.changed{fill:#d29922}}
`;

const centre = (x: number, y: number) => ({
  x: x * cell.width + cell.width / 2,
  y: y * cell.height + cell.height / 2,
});

function boxMarkup({ box, x, y }: Placed): string[] {
  const [from, to] = [centre(x, y), centre(x + box.width - 1, y + box.height - 1)];
  const { stubOf, change } = box.table;
  const kind = [
    "box",
    ...(stubOf === undefined ? [] : ["dashed"]),
    ...(change === undefined ? [] : [change]),
  ].join(" ");
  const lines = box.lines.flatMap(({ kind: lineKind, spans, change: own }, i) => {
    const { y: middle } = centre(x, y + 1 + i);
    if (lineKind === "rule") return [`<path class="line" d="M${from.x} ${middle}H${to.x}"/>`];
    return spans.map((span) => {
      const role = [span.role, ...(own === undefined ? [] : [own])].join(" ");
      return `<text class="${role}" x="${(x + span.x) * cell.width}" y="${middle + 4.5}">${markup(span.text)}</text>`;
    });
  });
  return [
    `<rect class="${kind}" x="${from.x}" y="${from.y}" width="${to.x - from.x}" height="${to.y - from.y}" rx="4"/>`,
    ...lines,
  ];
}

/** A crow's foot, or a bar for at most one, with a ring before it if the reference is optional. */
function endMarkup({ reference, x, y, side }: End): string[] {
  const away = side === "left" ? -1 : 1;
  const at = centre(x, y);
  const border = at.x - away * cell.width;
  const tip = border + away * 11;
  const shape = reference.unique
    ? `M${border + away * 7} ${at.y - 6}V${at.y + 6}`
    : `M${border} ${at.y - 6}L${tip} ${at.y}L${border} ${at.y + 6}`;
  const colour = reference.change === undefined ? "" : ` ${reference.change}`;
  return [
    `<path class="line${colour}" d="${shape}M${border} ${at.y}H${tip}"/>`,
    ...(reference.optional
      ? [`<circle class="hole${colour}" cx="${tip + away * 3}" cy="${at.y}" r="3.5"/>`]
      : []),
  ];
}

function netMarkup({ segments, start, logical, ends }: Net): string[] {
  const out = centre(start.x, start.y);
  const first =
    start.to === "down" ? `v${cell.height}` : `h${start.to === "right" ? cell.width : -cell.width}`;
  const lines = segments.map(({ x1, y1, x2, y2 }) => {
    const [from, to] = [centre(x1, y1), centre(x2, y2)];
    return `M${from.x} ${from.y}L${to.x} ${to.y}`;
  });
  return [
    `<path class="line${logical ? " dashed" : ""}" d="M${out.x} ${out.y}${first}${lines.join("")}"/>`,
    ...ends.flatMap(endMarkup),
  ];
}

/** Dots where lines join; crossing lines have none. */
function dots(drawing: Drawing): string[] {
  const cells = lineCells(drawing);
  const joined: string[] = [];
  for (let y = 0; y < drawing.height; y++)
    for (let x = 0; x < drawing.width; x++) {
      const arms = cells?.get(cellKey(x, y))?.arms ?? 0;
      const count = Object.values(arm).filter((bit) => (arms & bit) !== 0).length;
      const at = centre(x, y);
      if (count > 2) joined.push(`<circle class="dot" cx="${at.x}" cy="${at.y}" r="2.5"/>`);
    }
  return joined;
}

/** Drawings below each other as one self-contained SVG document. */
export function renderSvg(
  parts: readonly { readonly diagram: Diagram; readonly drawing: Drawing }[],
): string {
  let top = margin;
  const groups = parts.map(({ diagram, drawing }) => {
    const group = [
      `<g transform="translate(${margin} ${top})"><text class="heading" x="4" y="16">${markup(diagram.title)}</text>`,
      `<g transform="translate(0 ${headingHeight})">`,
      ...drawing.nets.flatMap(netMarkup),
      ...dots(drawing),
      ...drawing.boxes.flatMap(boxMarkup),
      "</g></g>",
    ];
    top += headingHeight + drawing.height * cell.height + margin;
    return group;
  });
  const longest = Math.max(
    0,
    ...parts.map(({ drawing, diagram }) => Math.max(drawing.width, diagram.title.length * 1.2)),
  );
  const [width, height] = [Math.ceil(longest * cell.width) + 2 * margin, top];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${parts.map(({ diagram }) => markup(diagram.title)).join("; ")}</title>`,
    `<style>${css}</style>`,
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...groups.flat(),
    "</svg>",
    "",
  ].join("\n");
}
