import { arm, lineCells } from "./canvas.ts";
import type { Drawing } from "./drawing.ts";

/** New coordinates on one axis after all but the first cell of each run of spare cells are removed. */
function remaining(length: number, spare: (at: number) => boolean): number[] {
  const places: number[] = [];
  let next = 0;
  for (let at = 0; at < length; at++) {
    places.push(next);
    if (!(at > 0 && spare(at) && spare(at - 1))) next++;
    else places[at] = next - 1;
  }
  return places;
}

/** Removes spare columns and rows, through which lines only run straight, and leaves one between their neighbours. */
export function squeezed(drawing: Drawing): Drawing {
  const cells = lineCells(drawing);
  if (cells === undefined) return drawing;
  const columns = new Set<number>();
  const rows = new Set<number>();
  for (const { box, x, y } of drawing.boxes) {
    for (let at = x; at < x + box.width; at++) columns.add(at);
    for (let at = y; at < y + box.height; at++) rows.add(at);
  }
  // The "many" end takes three cells: its sign, and those of an optional reference and of a change.
  for (const { ends } of drawing.nets)
    for (const { x, side } of ends)
      for (const step of [0, 1, 2]) columns.add(side === "left" ? x - step : x + step);
  for (const [key, { arms, crossed }] of cells) {
    const [x = 0, y = 0] = key.split(",").map(Number);
    if (crossed || arms !== (arm.left | arm.right)) columns.add(x);
    if (crossed || arms !== (arm.up | arm.down)) rows.add(y);
  }
  const newX = remaining(drawing.width, (x) => !columns.has(x));
  const newY = remaining(drawing.height, (y) => !rows.has(y));
  const atX = (x: number) => newX[x] ?? x;
  const atY = (y: number) => newY[y] ?? y;
  const at = <T extends { readonly x: number; readonly y: number }>(place: T): T => ({
    ...place,
    x: atX(place.x),
    y: atY(place.y),
  });
  return {
    width: atX(drawing.width - 1) + 1,
    height: atY(drawing.height - 1) + 1,
    boxes: drawing.boxes.map(at),
    nets: drawing.nets.map((net) => ({
      ...net,
      start: at(net.start),
      ends: net.ends.map(at),
      segments: net.segments.map(({ x1, y1, x2, y2 }) => ({
        x1: atX(x1),
        y1: atY(y1),
        x2: atX(x2),
        y2: atY(y2),
      })),
    })),
  };
}
