import { expect, it } from "vitest";
import { isAlive, together } from "../../src/page/growth.ts";

it.each([
  [[{ from: 1, to: undefined }], { from: 1, to: undefined }],
  [
    [
      { from: 1, to: undefined },
      { from: 3, to: undefined },
    ],
    { from: 3, to: undefined },
  ],
  [
    [
      { from: 0, to: 4 },
      { from: 2, to: undefined },
      { from: 1, to: 3 },
    ],
    { from: 2, to: 3 },
  ],
])("%j exist together in %j", (lives, life) => {
  expect(together(lives)).toEqual(life);
});

it("an object exists from its first phase to its last", () => {
  const phases = [0, 1, 2, 3, 4];
  expect(phases.filter((phase) => isAlive({ from: 1, to: 3 }, phase))).toEqual([1, 2, 3]);
  expect(phases.filter((phase) => isAlive({ from: 2, to: undefined }, phase))).toEqual([2, 3, 4]);
});
