/**
 * A diagram with coordinates on a grid of character cells: `x` counts cells from the left and `y` lines from the top,
 * both from 0. Text and SVG are rendered from it.
 */
import type { Change, Reference, Table } from "./model.ts";

export type Side = "left" | "right";

/** A piece of text inside a box. */
export interface Span {
  /** Cells from the left border, which is 0. */
  readonly x: number;
  readonly text: string;
  readonly role: "change" | "title" | "note" | "mark" | "name" | "type";
}

/** A line of a box between its borders. */
export interface BoxLine {
  readonly kind: "text" | "rule";
  readonly spans: readonly Span[];
  readonly change: Change | undefined;
}

/** What the end of a line can be: the "many" end of a reference, or the referenced table. */
export type PortKey = string;

export interface Box {
  readonly table: Table;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly BoxLine[];
  /** Line of each port, counted from the top border, which is 0. */
  readonly ports: ReadonlyMap<PortKey, number>;
}

export interface Placed {
  readonly box: Box;
  readonly x: number;
  readonly y: number;
}

/** A straight run of cells, with both ends. */
export interface Segment {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** All lines to one side of a table; they share a trunk. */
export interface Net {
  readonly id: string;
  readonly logical: boolean;
  readonly segments: readonly Segment[];
  /** The border cell of the referenced table, and the direction in which the line leaves it. */
  readonly start: { readonly x: number; readonly y: number; readonly to: Side | "down" };
  readonly ends: readonly End[];
}

/** The "many" end of a reference: the cell next to the border of the referring table. */
export interface End {
  readonly reference: Reference;
  readonly x: number;
  readonly y: number;
  /** The side of the table. */
  readonly side: Side;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Placed[];
  readonly nets: readonly Net[];
}

/** A drawing moved to the right and down. */
export function moved(drawing: Drawing, dx: number, dy: number): Drawing {
  const at = <T extends { readonly x: number; readonly y: number }>(place: T): T => ({
    ...place,
    x: place.x + dx,
    y: place.y + dy,
  });
  return {
    width: drawing.width + dx,
    height: drawing.height + dy,
    boxes: drawing.boxes.map(at),
    nets: drawing.nets.map((net) => ({
      ...net,
      segments: net.segments.map(({ x1, y1, x2, y2 }) => ({
        x1: x1 + dx,
        y1: y1 + dy,
        x2: x2 + dx,
        y2: y2 + dy,
      })),
      start: at(net.start),
      ends: net.ends.map(at),
    })),
  };
}
