import { expect, it } from "vitest";
import { judge } from "./judge.ts";

/** A few of the pairs of pairs.test.ts, which is a slow suite. */
it.each([
  ["001-view-chain-drop-column", "forward"],
  ["007-function-return-type", "back"],
  ["024-serial-to-identity", "forward"],
  ["105-recognised-renames", "forward"],
  ["111-privileges", "back"],
  ["108-key-changed", "forward"],
] as const)("proves a script for %s %s that arrives on the server", async (pair, direction) => {
  const { proof, wrong } = await judge(pair, direction);
  expect([...proof.reasons, ...proof.plan.conditions.map(({ message }) => message), ...wrong]).toEqual([]);
});
