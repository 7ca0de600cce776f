import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../../src");

interface Source {
  /** Relative to `src`, with forward slashes. */
  readonly name: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const sources: readonly Source[] = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => {
    const text = readFileSync(path.join(root, name), "utf8");
    const imports = [...text.matchAll(/(?:\bfrom|^import|\bimport\(|\bimport)\s*\(?"([^"]+)"/gm)].map(
      (match) => match[1] ?? "",
    );
    return { name: name.split(path.sep).join("/"), text, imports };
  });

/** The folder or file directly below `src` to which a path belongs. */
function part(name: string): string {
  return (name.split("/")[0] ?? "").replace(/\.ts$/, "");
}

/** The parts of `src` that a file imports, without its own. */
function partsOf({ name, imports }: Source): string[] {
  return imports
    .filter((target) => target.startsWith("."))
    .map((target) => part(path.posix.join(path.posix.dirname(name), target)))
    .filter((target) => target !== part(name) && target !== ".."); // package.json, next to src
}

/** The modules of which a file imports more than types. */
function valuesImportedBy(text: string): string[] {
  const statements = [...text.matchAll(/^import (type )?(.*?)from "([^"]+)";$/gms)];
  return statements
    .filter(([, type, names = ""]) => type === undefined && !/^\{(\s*type [^,}]+,?)*\s*\}\s*$/.test(names))
    .map(([, , , target = ""]) => target);
}

/**
 * What each part may import. `index`, `build`, `api`, `cli` and `report` are not listed, as they have separate rules below.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  bytecode: ["cache-folder", "trusted-file"],
  "cache-folder": [],
  databases: [],
  "document-places": [],
  "engine-options": [],
  errors: [],
  glob: [],
  "migration-number": [],
  nearest: [],
  schema: [],
  severity: [],
  version: [],
  "write-files": ["errors"],
  sql: ["errors"],
  database: ["bytecode", "engine-options", "errors", "sql"],
  config: ["database", "databases", "document-places", "errors", "nearest", "severity", "unknown-database"],
  ledger: ["database", "errors", "sql"],
  migrations: ["errors", "ledger", "migration-number", "nearest", "sql", "unknown-database"],
  init: [
    "catalog",
    "config",
    "database",
    "databases",
    "diagram",
    "diff",
    "document",
    "errors",
    "migration-number",
    "migrations",
    "project",
    "repair",
    "schema",
    "shadow",
    "sources",
    "sql",
    "verify",
    "write-files",
  ],
  scripts: [
    "compare",
    "config",
    "diff",
    "document",
    "errors",
    "migration-number",
    "migrations",
    "project",
    "repair",
    "schema",
    "shadow",
    "sources",
    "sql",
    "version",
    "write-files",
  ],
  rehearse: [
    "config",
    "database",
    "diff",
    "errors",
    "ledger",
    "migration-number",
    "migrations",
    "nearest",
    "project",
    "repair",
    "runner",
    "schema",
    "severity",
    "shadow",
    "sources",
    "sql",
    "statistics",
  ],
  page: [
    "catalog",
    "config",
    "diagram",
    "diff",
    "document",
    "errors",
    "migration-number",
    "project",
    "repair",
    "schema",
    "severity",
    "sources",
    "trace",
    "verify",
  ],
  repair: ["errors", "schema", "sql"],
  review: [
    "compare",
    "config",
    "diagram",
    "diff",
    "errors",
    "migrations",
    "project",
    "rehearse",
    "severity",
    "sources",
    "sql",
    "verify",
  ],
  project: ["config", "database", "errors", "ledger", "migrations", "sql", "version"],
  runner: ["database", "errors", "ledger", "migration-number", "migrations", "project", "sql"],
  catalog: ["database", "errors", "schema"],
  shadow: ["build-id", "catalog", "database", "errors", "project", "repair", "schema", "sql", "trusted-file"],
  document: [
    "catalog",
    "database",
    "databases",
    "document-places",
    "errors",
    "glob",
    "nearest",
    "schema",
    "shadow",
    "sql",
  ],
  sources: [
    "cache-folder",
    "catalog",
    "config",
    "database",
    "document",
    "errors",
    "migrations",
    "project",
    "runner",
    "schema",
    "shadow",
    "sql",
  ],
  diff: ["databases", "document", "errors", "glob", "nearest", "schema", "severity", "sources"],
  diagram: ["diff", "document", "errors", "nearest", "schema"],
  compare: [
    "config",
    "diagram",
    "diff",
    "document",
    "errors",
    "nearest",
    "project",
    "schema",
    "shadow",
    "sources",
    "sql",
  ],
  serve: ["config", "database", "databases", "errors", "project", "sql"],
  seed: ["catalog", "database", "diff", "errors", "ledger", "project", "runner", "shadow", "sources", "sql"],
  adopt: [
    "catalog",
    "diff",
    "document",
    "errors",
    "migrations",
    "project",
    "runner",
    "schema",
    "shadow",
    "sources",
  ],
  statistics: ["database", "diff", "errors", "ledger", "migrations", "project", "schema", "sql"],
  sync: [
    "compare",
    "config",
    "databases",
    "diagram",
    "diff",
    "document",
    "errors",
    "project",
    "repair",
    "schema",
    "shadow",
    "sources",
    "sql",
    "verify",
  ],
  trace: [
    "catalog",
    "database",
    "document",
    "errors",
    "migrations",
    "nearest",
    "project",
    "schema",
    "shadow",
    "sources",
    "sql",
  ],
  testing: ["api", "database", "databases", "diff", "errors", "project", "serve", "sql"],
  verify: [
    "compare",
    "database",
    "databases",
    "diff",
    "document",
    "errors",
    "ledger",
    "migration-number",
    "migrations",
    "nearest",
    "project",
    "runner",
    "schema",
    "severity",
    "shadow",
    "sources",
    "sql",
  ],
};

/** Libraries, and the only place that may import each. */
const places: readonly { readonly library: RegExp; readonly places: readonly RegExp[] }[] = [
  { library: /^postgres$/, places: [/^database\//, /^runner\/sql-error\.ts$/] },
  { library: /^@electric-sql\//, places: [/^database\/embedded\//, /^build\/cluster\.ts$/] },
  { library: /^umzug$/, places: [/^runner\/chain\.ts$/] },
  { library: /^zod\b/, places: [/^config\//, /^document\//, /^statistics\//] },
  { library: /^(commander|ora)$/, places: [/^cli\//] },
  { library: /^(cli-table3|chalk)$/, places: [/^report\//] },
  { library: /^markdown-it$/, places: [/^document\//] },
  { library: /^(elkjs|string-width)\b/, places: [/^diagram\//] },
];

it("the guard sees the files and their imports", () => {
  expect(sources.length).toBeGreaterThan(80);
  const main = sources.find(({ name }) => name === "cli/main.ts");
  expect(main === undefined ? [] : partsOf(main)).toEqual(expect.arrayContaining(["errors", "report"]));
  const progress = sources.find(({ name }) => name === "cli/progress/run.ts");
  expect(progress?.imports).toContain("ora");
});

describe("imports point one way", () => {
  it.each(Object.entries(allowed))("%s imports nothing but %j", (name, targets) => {
    const wrong = sources
      .filter((source) => part(source.name) === name)
      .flatMap((source) =>
        partsOf(source)
          .filter((target) => !targets.includes(target))
          .map((target) => `${source.name} -> ${target}`),
      );
    expect(wrong).toEqual([]);
  });
  it("only build imports cli, only build, index and testing import api, and only api and cli import report", () => {
    const wrong = sources.flatMap((source) =>
      partsOf(source)
        .filter(
          (target) =>
            (target === "cli" && part(source.name) !== "build") ||
            (target === "api" && !["build", "index", "testing"].includes(part(source.name))) ||
            (target === "report" && !["api", "cli", "index"].includes(part(source.name))),
        )
        .map((target) => `${source.name} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });
  it("report imports types of the other folders, and values only of single files that import nothing", () => {
    const leaves = ["errors", "migration-number", "severity", "version"];
    const wrong = sources
      .filter(({ name }) => part(name) === "report")
      .flatMap((source) =>
        partsOf({ ...source, imports: valuesImportedBy(source.text) })
          .filter((target) => !leaves.includes(target))
          .map((target) => `${source.name} -> ${target}`),
      );
    expect(wrong).toEqual([]);
  });
});

it("folders do not import each other in a circle", () => {
  const arrows = new Map<string, Set<string>>();
  for (const source of sources)
    for (const target of partsOf(source))
      arrows.set(part(source.name), (arrows.get(part(source.name)) ?? new Set()).add(target));
  const reached = (from: string) => {
    const seen = new Set<string>([...(arrows.get(from) ?? [])]);
    for (const next of seen) for (const further of arrows.get(next) ?? []) seen.add(further);
    return seen;
  };
  expect([...arrows.keys()].filter((name) => reached(name).has(name))).toEqual([]);
});

describe("a library is imported in one place", () => {
  it.each(places)("$library", ({ library, places: where }) => {
    const wrong = sources
      .filter(({ imports }) => imports.some((target) => library.test(target)))
      .filter(({ name }) => !where.some((place) => place.test(name)));
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});

describe("the edge of the program", () => {
  const holding = (pattern: RegExp) =>
    sources.filter(({ text }) => pattern.test(text)).map(({ name }) => name);
  it("nothing writes to the console", () => {
    expect(holding(/\bconsole\.\w+\(/)).toEqual([]);
  });
  it("only bin sets the exit code, and only a second signal ends the process", () => {
    expect(holding(/\bprocess\.(exit\(|exitCode\b|abort\(|reallyExit)/)).toEqual(["cli/start/interrupt.ts"]);
  });
  it("standard output is written in one place", () => {
    expect(holding(/\bprocess\.stdout\.write\b|\bprocess\.stdout,/)).toEqual(["cli/start/write.ts"]);
  });
});

it("no file of src is longer than 300 lines", () => {
  const long = sources.filter(({ text }) => text.split("\n").length > 301);
  expect(long.map(({ name }) => name)).toEqual([]);
});
