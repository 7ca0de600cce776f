import type { ELK } from "elkjs/lib/elk-api.js";

/** Loads ELK: by far the largest part of the program, loaded only for a layered layout. */
export async function loadEngine(): Promise<ELK> {
  const { default: engine } = await import("elkjs/lib/elk.bundled.js");
  return new engine.default();
}
