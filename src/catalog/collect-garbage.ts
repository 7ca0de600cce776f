import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Frees what is no longer used. V8 lets the rows of one large catalog lie around while those of the next come in, as long
 * as the machine has memory: that would be half of all that the comparison takes.
 */
export function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
}
