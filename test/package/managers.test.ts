import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packInto } from "./pack.ts";

const root = path.resolve(import.meta.dirname, "../..");
const tools = path.join(root, "node_modules/.cache/managers");
const inTools = (name: string) => path.join(tools, "node_modules", name);

/** Package managers that run on Node.js 20, from npm. */
const packages = ["pnpm@10", "yarn@1", "@yarnpkg/cli-dist@4", "bun@1"];
const bun = `@oven/bun-${process.platform}-${process.arch}/bin/bun`;

interface Manager {
  readonly name: string;
  /** Adds an archive, without running a script of a package. */
  readonly add: (archive: string) => readonly string[];
  /** Runs the program of the package. */
  readonly run: readonly string[];
}

const node = process.execPath;
const ofFolder = ["node_modules/.bin/socrates-db"];
const pnpm = [node, inTools("pnpm/bin/pnpm.cjs")];
const berry = [node, inTools("@yarnpkg/cli-dist/bin/yarn.js")];

const managers: readonly Manager[] = [
  {
    name: "npm",
    add: (file) => ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", file],
    run: ofFolder,
  },
  { name: "pnpm", add: (file) => [...pnpm, "add", "--ignore-scripts", file], run: ofFolder },
  {
    name: "yarn 1",
    add: (file) => [node, inTools("yarn/bin/yarn.js"), "add", "--ignore-scripts", file],
    run: ofFolder,
  },
  {
    name: "yarn 4 (Plug'n'Play)",
    add: (file) => [...berry, "add", `socrates-db@file:${file}`],
    run: [...berry, "socrates-db"],
  },
  { name: "bun", add: (file) => [inTools(bun), "add", "--ignore-scripts", file], run: ofFolder },
];

let folder: string;
let archive: string;
beforeAll(() => {
  if (!packages.every((name) => existsSync(inTools(name.replace(/(?<=.)@.*/, ""))))) {
    mkdirSync(tools, { recursive: true });
    writeFileSync(path.join(tools, "package.json"), "{}");
    execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", ...packages], {
      cwd: tools,
    });
  }
  ({ folder, archive } = packInto("socrates-db-managers-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Without the settings of the package manager that runs the tests. */
const environment = {
  PATH: process.env["PATH"],
  HOME: process.env["HOME"],
  YARN_ENABLE_SCRIPTS: "false",
  YARN_ENABLE_IMMUTABLE_INSTALLS: "false",
};

function runIn(cwd: string, [program = "", ...args]: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: "utf8", env: environment });
  return { status, output: `${stdout}${stderr}` };
}

describe("an application that installs the package, with scripts switched off", () => {
  it.each(managers)("$name", ({ name, add, run }) => {
    const app = path.join(folder, name.replaceAll(/\W/g, "-"));
    mkdirSync(app);
    writeFileSync(path.join(app, "package.json"), JSON.stringify({ name: "app", private: true }));
    // With it, the folder is a separate project to Yarn 4.
    writeFileSync(path.join(app, "yarn.lock"), "");
    const added = runIn(app, add(archive));
    expect(added.status, added.output).toBe(0);
    const commands = ["migrate --to 3", "migrate", "status --check", "seed --users 1 --seed 1"];
    for (const command of commands) {
      const { status, output } = runIn(app, [...run, ...command.split(" "), "--builtin", "--embedded"]);
      expect(status, `${command}\n${output}`).toBe(0);
    }
  });
});

describe("the package", () => {
  it("runs with npx and an empty cache", () => {
    const app = path.join(folder, "npx");
    mkdirSync(app);
    const { status, output } = runIn(app, [
      "npx",
      "--yes",
      ...["--cache", path.join(folder, "npx-cache")],
      ...["--package", archive, "socrates-db"],
      ...["migrate", "--builtin", "--embedded"],
    ]);
    expect(status, output).toBe(0);
    expect(output).toContain("head 014, phase 6");
  });

  it("has a bill of materials that names what it needs and what it contains", () => {
    const bill: { components: { purl: string; licenses: unknown[] }[] } = JSON.parse(
      readFileSync(path.join(root, "dist/sbom.cdx.json"), "utf8"),
    );
    const manifest: { dependencies: Record<string, string> } = JSON.parse(
      readFileSync(path.join(root, "package.json"), "utf8"),
    );
    const purls = bill.components.map(({ purl }) => purl);
    expect(new Set(purls).size).toBe(purls.length);
    for (const [name, version] of Object.entries(manifest.dependencies))
      expect(purls).toContain(`pkg:npm/${name.replace("@", "%40")}@${version}`);
    const notices = readFileSync(path.join(root, "dist/THIRD-PARTY-NOTICES"), "utf8");
    for (const [, name, version] of notices.matchAll(/^(\S+) (\d+\.\d+\.\d+\S*) \(.*\)\n-+$/gm))
      expect(purls).toContain(`pkg:npm/${name?.replace("@", "%40")}@${version}`);
    expect(bill.components.every(({ licenses }) => licenses.length === 1)).toBe(true);
  });
});
