import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const inFolder = (folder: string) => readdirSync(path.join(root, folder)).map((name) => `${folder}/${name}`);

describe("workflows", () => {
  it.each(inFolder(".github/workflows"))("%s is one to GitHub's own parser", (name) => {
    const { context } = parseWorkflow({ name, content: read(name) }, new NoOperationTraceWriter());
    expect(context.errors.getErrors().map(({ message }) => message)).toEqual([]);
  });

  it("the parser refuses what is not in the language of workflows", () => {
    const content = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    setps: []\n";
    const { context } = parseWorkflow({ name: "wrong.yml", content }, new NoOperationTraceWriter());
    expect(context.errors.getErrors().length).toBeGreaterThan(0);
  });

  const ci: { jobs: Record<string, { strategy?: { matrix: Record<string, unknown> } }> } = parse(
    read(".github/workflows/ci.yml"),
  );
  const matrices = Object.values(ci.jobs).flatMap(({ strategy }) =>
    strategy === undefined ? [] : [strategy.matrix],
  );
  const combined: readonly (readonly [axis: string, values: readonly unknown[]])[] = [
    ["node", [20, 22, 24, 26]],
    ["postgres", [13, 14, 15, 16, 17, 18]],
    ["os", ["ubuntu-latest", "macos-latest", "windows-latest"]],
  ];
  it.each(combined)("CI covers %s %j", (axis, values) =>
    expect(matrices.map((matrix) => matrix[axis])).toContainEqual(values),
  );

  it("a release has provenance, and no token", () => {
    const text = read(".github/workflows/release.yml");
    const release: { jobs: { publish: { permissions: Record<string, string> } } } = parse(text);
    expect(release.jobs.publish.permissions["id-token"]).toBe("write");
    expect(text).toContain("npm publish --provenance");
    expect(text).not.toMatch(/secrets\.|TOKEN/);
  });
});

describe("templates and updates", () => {
  it.each([...inFolder(".github/ISSUE_TEMPLATE"), ".github/dependabot.yml"])("%s is YAML", (name) =>
    expect(parse(read(name))).toEqual(expect.any(Object)),
  );

  interface Update {
    readonly "package-ecosystem": string;
    readonly groups: Readonly<
      Record<
        string,
        { readonly patterns?: readonly string[]; readonly "exclude-patterns"?: readonly string[] }
      >
    >;
  }
  const { updates }: { updates: Update[] } = parse(read(".github/dependabot.yml"));
  const groups = updates.find((update) => update["package-ecosystem"] === "npm")?.groups ?? {};
  const manifest: Record<"dependencies" | "devDependencies", Record<string, string>> = JSON.parse(
    read("package.json"),
  );

  it("every package that is installed or bundled is in one group", () => {
    const patterns = [groups["pglite"], groups["bundled"]].flatMap((group) => group?.patterns ?? []);
    const all = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    const known = all.filter((name) =>
      patterns.some(
        (pattern) => name === pattern || (pattern.endsWith("*") && name.startsWith(pattern.slice(0, -1))),
      ),
    );
    expect(known).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
    const bundled = known.filter((name) => name in manifest.devDependencies);
    expect(groups["development"]?.["exclude-patterns"]).toEqual(bundled);
  });
});

describe(".editorconfig", () => {
  const settings = new Map(
    [...read(".editorconfig").matchAll(/^(\w+) = (.+)$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );
  const { formatter }: { formatter: { indentStyle: string; indentWidth: number; lineWidth: number } } =
    JSON.parse(read("biome.json"));
  it("asks for what Biome asks for", () => {
    expect(settings.get("indent_style")).toBe(formatter.indentStyle);
    expect(read(".editorconfig")).toContain(`indent_size = ${formatter.indentWidth}\n`);
    expect(settings.get("max_line_length")).toBe(String(formatter.lineWidth));
  });
});
