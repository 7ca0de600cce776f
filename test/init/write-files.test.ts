import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { writeAll } from "../../src/write-files.ts";
import { folder } from "./repository.ts";

it("removes what it has written, folders included, if one of the files exists", () => {
  const existing = path.join(folder, "existing.txt");
  writeFileSync(existing, "own");
  const files = [path.join(folder, "new/deep/a.txt"), existing].map((file) => ({ path: file, text: "x" }));
  expect(() => writeAll(files)).toThrow(/cannot be written/);
  expect(existsSync(path.join(folder, "new"))).toBe(false);
  expect(readFileSync(existing, "utf8")).toBe("own");
});
