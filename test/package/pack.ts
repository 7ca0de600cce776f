import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");

/**
 * Packs what was built, with declarations of the sources as they are now, into a new folder.
 * @returns absolute paths of both
 */
export function packInto(prefix: string): { readonly folder: string; readonly archive: string } {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), prefix)));
  const stage = path.join(folder, "stage");
  const { files }: { files: string[] } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  mkdirSync(stage);
  for (const name of [
    "package.json",
    "README.md",
    "LICENSE",
    ...files.filter((file) => !file.startsWith("!")),
  ])
    cpSync(path.join(root, name), path.join(stage, name), { recursive: true });
  execFileSync(process.execPath, ["src/build/declarations.mjs", path.join(stage, "dist/types")], {
    cwd: root,
    stdio: "pipe",
  });
  const options = ["--ignore-scripts", "--offline", "--pack-destination", folder];
  const isWindows = process.platform === "win32";
  execFileSync("npm", ["pack", ...options], { cwd: stage, stdio: "pipe", shell: isWindows });
  const archive = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
  return { folder, archive: path.join(folder, archive) };
}
