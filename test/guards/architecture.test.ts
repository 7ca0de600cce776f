import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");

describe("docs/architecture.md", () => {
  const page = readFileSync(path.join(root, "docs/architecture.md"), "utf8");
  it("is what the sources print (npm run docs writes it)", () => {
    const script = path.join(root, "src/build/print-architecture.mjs");
    expect(page).toBe(execFileSync(process.execPath, [script], { encoding: "utf8" }));
  });

  const folders = [...page.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, name = "", holds = ""]) => ({
    name,
    holds,
  }));
  it("shows the folders of src", () => expect(folders.length).toBeGreaterThan(20));
  it.each(folders)("says what $name holds, as CONTRIBUTING.md does", ({ holds }) =>
    expect(holds).not.toBe(""),
  );

  it.each(["runner", "ledger", "database", "report"])("the path of migrate enters %s", (folder) =>
    expect(/### migrate\n\nFolders: (.*)/.exec(page)?.[1]).toContain(`\`${folder}\``),
  );
});
