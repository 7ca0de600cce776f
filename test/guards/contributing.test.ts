import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const contributing = readFileSync(path.join(root, "CONTRIBUTING.md"), "utf8");

/** The texts of all scripts in a folder. */
function scriptsIn(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|mjs|cjs)$/.test(name) && !name.includes(".build"))
    .map((name) => readFileSync(path.join(root, folder, name), "utf8"));
}

/** A variable of the program. */
const ofProgram = "SOCRATES_DB_SHADOW_URL";

/** Variables that the tests read, found by their names. */
function variables(texts: readonly string[]): string[] {
  const names = texts.flatMap((text) => text.match(/\bSOCRATES_DB_[A-Z]+(?:_[A-Z]+)*\b/g) ?? []);
  return [...new Set(names)].filter((name) => name !== ofProgram).sort();
}

describe("CONTRIBUTING.md", () => {
  it("lists the variables that the tests read, and no others", () => {
    const rows = [...contributing.matchAll(/^\| `(SOCRATES_DB_\w+)` \|/gm)].map(([, name = ""]) => name);
    expect(rows.sort()).toEqual(variables([...scriptsIn("test"), ...scriptsIn("bench")]));
  });

  const scripts: Readonly<Record<string, string>> = JSON.parse(
    readFileSync(path.join(root, "package.json"), "utf8"),
  ).scripts;
  const named = [...contributing.matchAll(/`npm run ([\w:]+)/g)].map(([, name = ""]) => name);
  it.each([...new Set(named)])("npm run %s exists", (name) => expect(Object.keys(scripts)).toContain(name));

  const files = [...contributing.matchAll(/`((?:test|src|docs|\.github)\/[\w./-]+\.\w+)`/g)].map(
    ([, name = ""]) => name,
  );
  it.each([...new Set(files)].filter((name) => !name.includes("<")))("%s exists", (name) =>
    expect(() => readFileSync(path.join(root, name))).not.toThrow(),
  );
});
