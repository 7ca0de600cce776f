import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDiffFixtures } from "./mutations-open.ts";
import { directions, openWorkbench, type Workbench } from "./workbench.ts";

const folder = path.resolve(import.meta.dirname, "../fixtures/diff");
const fileOf = (name: string, file: string) => readFileSync(path.join(folder, name, file), "utf8");
const cases = readdirSync(folder)
  .sort()
  .map((name) => ({ name, old: fileOf(name, "before.sql"), next: fileOf(name, "after.sql") }))
  .flatMap(directions);

describe("the states of a comparison", () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await openWorkbench();
  });
  afterAll(() => bench.close());

  it.each(cases)(
    "have a proven script that arrives on the server, or a reason: $name",
    async ({ name, from, to }) => {
      const { wrong, proof } = await bench.judge(from, to);
      const reason = openDiffFixtures[name];
      const found = proof.reasons.join("\n");
      if (reason === undefined) expect(found).toBe("");
      else expect(found).toContain(reason);
      if (reason === undefined) expect(wrong.join("\n")).toBe("");
    },
  );
});
