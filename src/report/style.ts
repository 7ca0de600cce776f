import { Chalk, type ChalkInstance } from "chalk";

/** The style of a report for people. */
export interface Style {
  readonly paint: ChalkInstance;
  /** Available columns; undefined for no limit. */
  readonly width: number | undefined;
}

/** @param color whether escape sequences for colours are written */
export function style(color: boolean, width?: number): Style {
  return { paint: new Chalk({ level: color ? 1 : 0 }), width };
}
