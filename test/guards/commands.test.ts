import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");

function contentOf(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name), "utf8")]),
  );
}

it("docs/commands is what the program's definitions say (npm run docs writes it)", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "socrates-db-commands-"));
  try {
    execFileSync(process.execPath, [path.join(root, "dist/makers/make-commands.js"), folder]);
    expect(contentOf(path.join(root, "docs/commands"))).toEqual(contentOf(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
