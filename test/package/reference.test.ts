import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";

it("docs/api.md is what the declarations say (npm run docs writes it)", () => {
  const root = path.resolve(import.meta.dirname, "../..");
  const folder = mkdtempSync(path.join(tmpdir(), "socrates-db-reference-"));
  try {
    const types = path.join(folder, "types");
    const printed = path.join(folder, "api.md");
    execFileSync(process.execPath, ["src/build/declarations.mjs", types], { cwd: root });
    execFileSync(process.execPath, ["src/build/print-reference.mjs", printed, types], { cwd: root });
    expect(readFileSync(printed, "utf8")).toBe(readFileSync(path.join(root, "docs/api.md"), "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
