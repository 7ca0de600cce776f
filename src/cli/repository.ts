import { existsSync } from "node:fs";
import path from "node:path";

/**
 * The root of a folder's repository: from the CI's variables, else the nearest folder with `.git`, else the folder.
 */
export function repositoryRoot(folder: string, env: NodeJS.ProcessEnv): string {
  const workspace = env["GITHUB_WORKSPACE"];
  if (workspace !== undefined && workspace !== "" && isWithin(folder, workspace)) return workspace;
  for (let at = folder; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, ".git"))) return at;
    if (path.dirname(at) === at) return folder;
  }
}

function isWithin(folder: string, root: string): boolean {
  const relative = path.relative(root, folder);
  return !relative.startsWith("..") && !path.isAbsolute(relative);
}

/**
 * A file as code scanning and annotations name it: relative to the root, with slashes; unchanged if it is outside.
 */
export function repositoryPath(file: string, folder: string, root: string): string {
  const absolute = path.resolve(folder, file);
  return isWithin(absolute, root) ? path.relative(root, absolute).split(path.sep).join("/") : absolute;
}
