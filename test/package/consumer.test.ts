import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { packInto } from "./pack.ts";

/** The package as it is published, in an application that has installed it and nothing else. */
const root = path.resolve(import.meta.dirname, "../..");
const compiler = path.join(root, "node_modules/typescript/bin/tsc");

let folder: string;
let app: string;
let installed: string;
let manifestText: string;

/** @returns what it printed; what it printed is in the error, too */
function node(cwd: string, ...args: string[]): string {
  try {
    return execFileSync(process.execPath, args, { cwd, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    throw new Error(
      error instanceof Error && "stdout" in error ? `${error.stdout}${error.message}` : String(error),
    );
  }
}

beforeAll(() => {
  let archive: string;
  ({ folder, archive } = packInto("socrates-db-consumer-"));
  app = path.join(folder, "app");
  installed = path.join(app, "node_modules/socrates-db");
  mkdirSync(path.join(app, "node_modules"), { recursive: true });
  execFileSync("tar", ["-xf", archive], { cwd: folder });
  cpSync(path.join(folder, "package"), installed, { recursive: true });
  manifestText = readFileSync(path.join(installed, "package.json"), "utf8");
  const manifest: { dependencies: Record<string, string> } = JSON.parse(manifestText);
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(path.dirname(path.join(app, "node_modules", name)), { recursive: true });
    symlinkSync(path.join(root, "node_modules", name), path.join(app, "node_modules", name), "junction");
  }
  const dependencies = { "socrates-db": "0.1.0" };
  writeFileSync(
    path.join(app, "package.json"),
    JSON.stringify({ name: "app", type: "module", dependencies }),
  );
  writeFileSync(
    path.join(app, "socrates-db.config.json"),
    JSON.stringify({ builtin: true, engine: "embedded" }),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the command", () => {
  const commands: readonly (readonly [args: string, last: RegExp])[] = [
    ["--version", /^\d+\.\d+\.\d+\n$/],
    ["migrate --phase 6", /auth .*head 013, phase 6.*\n.*head 014, phase 6/],
    ["status --check", /specs: phase 6, head 014, nothing pending/],
    ["diff", /no findings\n$/],
    ["seed --users 2", /\d+ rows in 9 tables/],
    ["diagram --phase 2 --style svg", /<\/svg>\n$/],
    ["diagram --phase 2", /│ refresh_tokens │/],
    ["verify", /0 errors, 0 warnings/],
  ];
  it.each(commands)("%s", async (args, last) => {
    const program = path.join(installed, "bin/socrates-db.js");
    const { exitCode, stdout, stderr } = await runCli(args.split(" "), { cwd: app, program });
    expect({ exitCode, stderr: exitCode === 0 ? "" : stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(last);
  });
});

describe("the library", () => {
  const examples = [
    ...readFileSync(path.join(root, "README.md"), "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm),
  ].map(([, code = ""], i) => ({ name: `example-${i + 1}.ts`, code }));

  beforeAll(() => {
    node(app, compiler, "--init");
    for (const { name, code } of examples) writeFileSync(path.join(app, name), code);
  });

  it("README has an example", () => expect(examples.length).toBeGreaterThan(0));

  it("examples of README compile under what `tsc --init` writes, and print something", () => {
    node(app, compiler, "-p", ".");
    for (const { name } of examples) expect(node(app, name.replace(/\.ts$/, ".js"))).toMatch(/\S/);
  });

  it("its declarations need no types of other packages, not even Node's", () => {
    node(app, compiler, "-p", ".", "--noEmit", "--skipLibCheck", "false");
  });

  it("its declarations are those that index.d.ts leads to", () => {
    const types = path.join(installed, "dist/types");
    const all = readdirSync(types, { recursive: true, encoding: "utf8" }).filter((name) =>
      /\.c?ts$/.test(name),
    );
    const listed = node(app, compiler, "-p", ".", "--noEmit", "--listFilesOnly").split("\n");
    const read = listed.filter((file) => file.includes("/dist/types/"));
    expect(all.map((name) => name.split(path.sep).join("/")).sort()).toEqual(
      read.map((file) => file.split("/dist/types/")[1]).sort(),
    );
  });
});

describe("the published types", () => {
  it("have nothing that publint complains about", async () => {
    const { messages } = await publint({ pkgDir: installed, pack: false, strict: true });
    expect(messages.map((message) => formatMessage(message, JSON.parse(manifestText)))).toEqual([]);
  });

  it("resolve with node16, nodenext and bundlers", async () => {
    const archive = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
    const analysis = await checkPackage(
      createPackageFromTarballData(readFileSync(path.join(folder, archive))),
    );
    if (analysis.types === false) throw new Error("the package has no types");
    const { resolutions } = analysis.entrypoints["."] ?? {};
    expect([
      resolutions?.["node16-esm"].resolution?.fileName,
      resolutions?.bundler.resolution?.fileName,
    ]).toEqual(Array(2).fill(expect.stringMatching(/dist\/types\/index\.d\.ts$/)));
    // The package is for ES modules only: older resolutions, and require(), are out of its scope.
    const modern = analysis.problems.filter(
      (problem) =>
        !("resolutionKind" in problem) || ["node16-esm", "bundler"].includes(problem.resolutionKind),
    );
    expect(modern).toEqual([]);
  });
});

it("the schema of the config file can be imported by its name", () => {
  const code = `import schema from "socrates-db/config.schema.json" with { type: "json" }; console.log(schema.type)`;
  expect(node(app, "--no-warnings", "--input-type=module", "--eval", code)).toBe("object\n");
});
