import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const read = (...names: string[]) => readFileSync(path.join(root, ...names), "utf8");

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly files: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
}
const manifest: Manifest = JSON.parse(read("package.json"));

/** The scripts that are published. */
const scripts = ["dist", "dist/program", "dist/chunks"].flatMap((folder) =>
  readdirSync(path.join(root, folder))
    .filter((name) => /\.c?js$/.test(name))
    .map((name) => read(folder, name)),
);

/** The package of a module that is not the program's own and not Node's: `elkjs` of `elkjs/lib/main.js`. */
function packageOf(module: string): string | undefined {
  if (module.startsWith(".") || module.startsWith("node:") || builtinModules.includes(module))
    return undefined;
  return /^(?:@[^/]+\/)?[^/]+/.exec(module)?.[0];
}

/** The bundles that embedded databases load when an extension is created, by their modules. */
const bundles = Object.keys(JSON.parse(read("dist/extensions.json")));

/** What the scripts load by its name. */
function loadedPackages(): string[] {
  const pattern = /(?:\bfrom ?|\bimport ?\(?|\brequire\(|\.resolve\()"((?:@[\w.-]+\/)?[a-z][\w./-]*)"/g;
  const modules = scripts.flatMap((text) => [...text.matchAll(pattern)].map(([, module = ""]) => module));
  return [...new Set([...modules, ...bundles].flatMap((module) => packageOf(module) ?? []))].sort();
}

describe("what is installed", () => {
  it("is what the program loads from other packages", () => {
    expect(loadedPackages()).toEqual(Object.keys(manifest.dependencies).sort());
  });

  it.each(Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }))(
    "%s is pinned: %s",
    (_, range) => expect(range).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/),
  );

  const extensions = Object.keys(manifest.dependencies).filter((name) =>
    name.startsWith("@electric-sql/pglite-"),
  );
  it.each(extensions)("%s is made for the PGlite that is installed", (name) => {
    const { peerDependencies }: Manifest = JSON.parse(read("node_modules", name, "package.json"));
    expect(peerDependencies["@electric-sql/pglite"]).toBe(manifest.dependencies["@electric-sql/pglite"]);
  });

  it("comes from whatever registry is set up: the lock file names none", () => {
    expect(read("package-lock.json")).not.toContain('"resolved"');
    expect(read(".npmrc")).toContain("omit-lockfile-registry-resolved=true");
  });

  it.each(["preinstall", "install", "postinstall", "prepare"])(
    "runs no script %s when it is installed",
    (name) => expect(manifest.scripts[name]).toBeUndefined(),
  );
});

describe("THIRD-PARTY-NOTICES", () => {
  const notices = read("dist/THIRD-PARTY-NOTICES");
  // esbuild puts a comment with the file above each module.
  const bundled = scripts.flatMap((text) =>
    [...text.matchAll(/^\s*\/\/ (?:\S*\/)?node_modules\/((?:@[^/\s]+\/)?[^/\s]+)/gm)].map(
      ([, name = ""]) => name,
    ),
  );
  const sections = new Map(
    notices.split("\n\n\n").map((section) => {
      const [, name = "", text = ""] = /(?:^|\n)(\S+) \d\S* \([^)]+\)\n-+\n\n([\s\S]*)$/.exec(section) ?? [];
      return [name, text] as const;
    }),
  );
  const names = [...new Set(bundled)].sort();

  it("is about more than a few packages", () => expect(names.length).toBeGreaterThan(20));
  it.each(names)("has the licence of %s, which is bundled", (name) =>
    expect((sections.get(name) ?? "").length).toBeGreaterThan(60),
  );
});

describe("exports and files", () => {
  it.each([
    "bin/socrates-db.js",
    "docs/config.schema.json",
    ...manifest.files.filter((name) => !name.startsWith("!")),
  ])("%s exists", (name) => expect(existsSync(path.join(root, name))).toBe(true));
  it("exports the schema of the config file", () => {
    expect(manifest.exports["./config.schema.json"]).toBe("./docs/config.schema.json");
  });
});
