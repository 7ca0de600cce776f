import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import postgres, { type Sql } from "postgres";
import type { EmbeddedEngine } from "../../src/database/embedded/engine.ts";

export const root = resolve(import.meta.dirname, "../..");
const children = join(root, "node_modules/.cache/socrates-db-test");

/** The engine runs from its bundle and its image: tests see the latest build. */
export function requireBuild(): void {
  for (const file of ["dist/image/clusters.br", "dist/embedded-worker.cjs", "dist/embedded-boot.cjs"]) {
    if (!existsSync(join(root, file))) throw new Error(`${file} is missing: run \`npm run build\` first`);
  }
}

/** A separate folder for a test, and how to remove it. */
export function scratch(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "socrates-db-embedded-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** postgres.js on an engine, as the program uses it. */
export function client(engine: EmbeddedEngine, connection: Record<string, string> = {}): Sql {
  const options = { max: 1, connection, onnotice() {}, socket: () => engine.connect() };
  return postgres(options);
}

/** Bundles a TypeScript file for a child process, inside the package, so that it finds the image. */
export async function bundleChild(name: string): Promise<string> {
  mkdirSync(children, { recursive: true });
  const outfile = join(children, `${name}-${process.pid}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, "children", `${name}.ts`)],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "error",
  });
  return outfile;
}

export interface Child {
  readonly process: ChildProcess;
  /** Its stdout so far. */
  output(): string;
  errors(): string;
  /** Waits for its end; the exit code, or null if it was killed. */
  readonly ended: Promise<number | null>;
  /** Waits until its output contains this text. */
  says(text: string): Promise<void>;
}

export function run(file: string, ...args: string[]): Child {
  const process = spawn(globalThis.process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  process.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  process.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const ended = new Promise<number | null>((done) => process.once("close", done));
  return {
    process,
    ended,
    output: () => output,
    errors: () => errors,
    says: (text) =>
      new Promise((done, fail) => {
        const look = (): void => {
          if (output.includes(text)) done();
        };
        look();
        process.stdout.on("data", look);
        process.once("close", () => fail(new Error(`ended without saying ${text}: ${output}${errors}`)));
      }),
  };
}
