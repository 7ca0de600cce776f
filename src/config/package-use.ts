import { existsSync, readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { upwards } from "./find-config.ts";

/**
 * How a working directory uses this package: as its own checkout, as a dependency of the repository in `repository`,
 * or as a tool that is installed globally or run by npx.
 */
export type PackageUse =
  | { readonly kind: "checkout" }
  | { readonly kind: "dependency"; readonly repository: string }
  | { readonly kind: "tool" };

const packageName = "socrates-db";
const dependencyFields = [
  "dependencies",
  "devDependencies",
  "optionalDependencies",
  "peerDependencies",
] as const;

/** Folders in which package managers install global tools; their package.json lists each tool. */
const toolFolder = /[\\/](_npx|dlx(-[^\\/]*)?|bunx-[^\\/]*|xfs-[^\\/]*|global)([\\/]|$)/;

/** The checkout that contains a working directory; undefined if none does. */
export function checkoutOf(cwd: string, root: string): string | undefined {
  if (root.split(path.sep).includes("node_modules")) return undefined;
  return upwards(cwd).find((folder) => folder === root || realPath(folder) === root);
}

/** @param root the folder of this package */
export function packageUse(cwd: string, root: string): PackageUse {
  if (checkoutOf(cwd, root) !== undefined) return { kind: "checkout" };
  const repository = [...upwards(cwd), ...installedFor(root)].find(dependsOnUs);
  return repository === undefined ? { kind: "tool" } : { kind: "dependency", repository };
}

/** The repository that has this package in its `node_modules`; none for global tools. */
function installedFor(root: string): string[] {
  const [owner = "", ...inside] = root.split(`${path.sep}node_modules${path.sep}`);
  return inside.length === 0 || toolFolder.test(owner) ? [] : [owner];
}

function dependsOnUs(folder: string): boolean {
  if (existsSync(path.join(folder, "node_modules", packageName))) {
    return existsSync(path.join(folder, "package.json"));
  }
  const content = readJson(path.join(folder, "package.json"));
  return dependencyFields.some((field) => hasKey(entryOf(content, field), packageName));
}

function entryOf(object: unknown, key: string): unknown {
  return typeof object === "object" && object !== null ? new Map(Object.entries(object)).get(key) : undefined;
}

function hasKey(object: unknown, key: string): boolean {
  return entryOf(object, key) !== undefined;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
