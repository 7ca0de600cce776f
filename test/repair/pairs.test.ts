import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect, inject, it } from "vitest";
import { judge } from "./judge.ts";
import { open, stopped, untilVersion17 } from "./open.ts";

const folder = path.resolve(import.meta.dirname, "../fixtures/repair");
const { version } = inject("server");
const cases = readdirSync(folder)
  .filter((pair) => version < 170_000 || !untilVersion17.has(pair))
  // Those with scripts to compare are judged by gentle.test.ts.
  .filter((pair) => !existsSync(path.join(folder, pair, "forward.sql")))
  .flatMap((pair) => (["forward", "back"] as const).map((direction) => ({ pair, direction })));

it.each(cases)(
  "proves a script for $pair $direction that arrives on the server, or says why not",
  async ({ pair, direction }) => {
    const { proof, wrong, stopped: by } = await judge(pair, direction);
    const reason = open[`${pair} ${direction}`];
    expect(by).toBe(stopped[`${pair} ${direction}`]);
    expect(wrong).toEqual([]);
    const found = proof.reasons.join("\n");
    if (reason === undefined) expect(found).toBe("");
    else expect(found).toContain(reason);
  },
);
