import { afterAll, beforeAll, expect, it } from "vitest";
import { openSmallPairs } from "./small-open.ts";
import { smallPairs } from "./small-pairs.ts";
import { directions, openWorkbench, type Workbench } from "./workbench.ts";

/**
 * Tests small pairs in both directions, with databases that all of them share.
 * @param isWanted decides by the position of a direction among all
 */
export function judgeSmallPairs(isWanted: (position: number) => boolean): void {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await openWorkbench();
  });
  afterAll(() => bench.close());

  const cases = smallPairs.flatMap(directions).filter((_, position) => isWanted(position));
  it.each(cases)("proves a script for $name, that arrives on the server", async ({ name, from, to }) => {
    const { wrong } = await bench.judge(from, to);
    const reason = openSmallPairs[name];
    if (reason === undefined) expect(wrong).toEqual([]);
    else expect(wrong.join("\n")).toContain(reason);
  });
}
