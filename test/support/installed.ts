import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");

/**
 * Installs this package into a folder like a package manager, with its dependencies next to it.
 * @param modules the folder `node_modules`
 * @returns the file that starts it
 */
export function installPackage(modules: string): string {
  const to = path.join(modules, "socrates-db");
  mkdirSync(to, { recursive: true });
  for (const name of ["bin", "dist", "docs", "migrations", "package.json"])
    cpSync(path.join(root, name), path.join(to, name), { recursive: true });
  for (const name of readdirSync(path.join(root, "node_modules")))
    if (!name.startsWith(".")) symlinkSync(path.join(root, "node_modules", name), path.join(modules, name));
  return path.join(to, "bin", "socrates-db.js");
}
