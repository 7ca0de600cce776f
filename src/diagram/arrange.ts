import { boxOf, type LabelFormat } from "./box.ts";
import { lineCells } from "./canvas.ts";
import { type Drawing, moved } from "./drawing.ts";
import { loadEngine } from "./engine.ts";
import { type Component, chains, components } from "./graph.ts";
import { layered } from "./layered.ts";
import type { Diagram } from "./model.ts";
import { squeezed } from "./squeeze.ts";
import { staircase } from "./staircase.ts";

/** Free cells between parts side by side, and free lines between parts above each other. */
const space = { x: 3, y: 1 };

/** Places drawings side by side while there is room, then on the next row. */
function packed(drawings: readonly Drawing[], width: number): Drawing {
  const placed: Drawing[] = [];
  let [x, y, bottom] = [0, 0, 0];
  for (const drawing of drawings) {
    if (x > 0 && x + drawing.width > width) [x, y] = [0, bottom + space.y];
    placed.push(moved(drawing, x, y));
    bottom = Math.max(bottom, y + drawing.height);
    x += drawing.width + space.x;
  }
  return {
    width: Math.max(0, ...placed.map((drawing) => drawing.width)),
    height: bottom,
    boxes: placed.flatMap(({ boxes }) => boxes),
    nets: placed.flatMap(({ nets }) => nets),
  };
}

/** In layers if they fit, else as stairs, the narrowest layout. */
async function component(part: Component, labels: LabelFormat, width: number): Promise<Drawing> {
  const boxes = [...chains(part, (table) => boxOf(table, [], labels).width).values()];
  if (Math.max(...boxes) <= width) {
    const wide = squeezed(await layered(part, labels, await loadEngine()));
    // Rounding to whole cells could merge two lines that ELK has kept apart.
    if (wide.width <= width && lineCells(wide) !== undefined) return wide;
  }
  return staircase(part, labels, width);
}

/**
 * Lays out a diagram.
 * @param width available cells
 * @returns a drawing that is wider only if no narrower one exists
 */
export async function arrange(diagram: Diagram, labels: LabelFormat, width: number): Promise<Drawing> {
  const drawings: Drawing[] = [];
  for (const part of components(diagram)) drawings.push(await component(part, labels, width));
  return packed(drawings, width);
}
