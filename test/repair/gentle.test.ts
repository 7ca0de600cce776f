import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { judge } from "./judge.ts";
import { scriptLines } from "./script-lines.ts";

const folder = path.resolve(import.meta.dirname, "../fixtures/repair");

/** Pairs with the scripts that let others read and write meanwhile. */
const cases = readdirSync(folder)
  .filter((pair) => existsSync(path.join(folder, pair, "forward.sql")))
  .flatMap((pair) => (["forward", "back"] as const).map((direction) => ({ pair, direction })));

it.each(cases)("lets others use the tables of $pair $direction", async ({ pair, direction }) => {
  const { proof, wrong } = await judge(pair, direction);
  expect([...proof.reasons, ...proof.notGentle, ...wrong]).toEqual([]);
  expect(proof.stops.shown).toBe(proof.plan.groups.length - 1);
  const { renames, groups } = proof.plan;
  const lines = [...renames.map(({ sql }) => sql), ...scriptLines(groups)];
  const script = lines.map((line) => `${line};\n`).join("");
  await expect(script).toMatchFileSnapshot(path.join(folder, pair, `${direction}.sql`));
});

it.each(cases)(
  "plans one transaction for $pair $direction in the shortest form",
  async ({ pair, direction }) => {
    const { proof, wrong } = await judge(pair, direction, true);
    expect([...proof.reasons, ...wrong]).toEqual([]);
    const labels = proof.plan.statements.some(({ sql }) => /^ALTER TYPE .* ADD VALUE /.test(sql));
    expect(proof.plan.groups.length).toBe(labels ? 2 : 1);
  },
);
