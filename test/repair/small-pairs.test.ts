import { afterAll, beforeAll, expect, it } from "vitest";
import { smallPairs } from "./small-pairs.ts";
import { directions, openWorkbench, type Workbench } from "./workbench.ts";

let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench();
});
afterAll(() => bench.close());

const cases = smallPairs.flatMap(directions);

it.each(cases)("proves a script for $name that arrives on the server", async ({ from, to }) => {
  const { wrong } = await bench.judge(from, to);
  expect(wrong).toEqual([]);
});
