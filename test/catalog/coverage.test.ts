import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { uncoveredKinds } from "../../src/catalog/uncovered.ts";

it("lists on its page every kind of object that is not compared", () => {
  const page = readFileSync(path.resolve(import.meta.dirname, "../../docs/coverage.md"), "utf8");
  const rows = page.match(/^\| .* \|$/gm)?.map((row) => row.replace(/ +/g, " ")) ?? [];
  for (const { what, meaning } of uncoveredKinds) expect(rows).toContain(`| ${what} | ${meaning} |`);
});
