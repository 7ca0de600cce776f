import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach } from "vitest";
import { runCli } from "../support/cli.ts";

/** The repository of the running test. */
export let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "socrates-db-init-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Writes files below the repository. */
export function write(files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
}

/** What `init` writes for some files: the migrations by name, and its remarks. */
export async function taken(files: Files, ...args: string[]) {
  write(files);
  const { stdout } = await runCli(["init", "--database", "shop", "--format", "json", ...args], {
    cwd: folder,
  });
  const { tool, warnings, refused } = JSON.parse(stdout);
  const lines = (notes: readonly { from: string; reason: string }[]) =>
    notes.map(({ from, reason }) => `${from}: ${reason}`);
  const target = path.join(folder, "migrations/shop");
  const names = existsSync(target) ? readdirSync(target).sort() : [];
  return {
    tool,
    files: Object.fromEntries(names.map((name) => [name, readFileSync(path.join(target, name), "utf8")])),
    warnings: lines(warnings),
    refused: lines(refused),
  };
}
