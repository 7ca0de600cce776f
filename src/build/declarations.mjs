/** Writes the declarations that a program which imports this package needs, and no others, into the folder that it is given. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A relative import of a declaration: after `from`, or as a type by itself. The compiler leaves the names of the sources. */
const relativeImport = /(\bfrom |\bimport\()"(\.[^"]+)\.ts"/g;

/**
 * Compiles the declarations of all sources.
 * @param {string} to a folder
 */
function compileAll(to) {
  const options = ["--noEmit", "false", "--emitDeclarationOnly", "--declaration", "--outDir", to];
  const { status } = spawnSync(
    process.execPath,
    ["node_modules/typescript/bin/tsc", "--project", "src", ...options],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  if (status !== 0) throw new Error("the declarations do not compile");
}

/**
 * Copies `index.d.ts` and all declarations that it leads to.
 * @param {string} from the folder with the declarations of all sources
 * @param {string} to made anew
 */
function copyReachable(from, to) {
  rmSync(to, { recursive: true, force: true });
  const names = new Set(["index"]);
  for (const name of names) {
    const text = readFileSync(path.join(from, `${name}.d.ts`), "utf8");
    for (const [, , target] of text.matchAll(relativeImport))
      names.add(path.posix.join(path.posix.dirname(name), target));
    const file = path.join(to, `${name}.d.ts`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text.replace(relativeImport, '$1"$2.js"'));
  }
}

const [, , out = "dist/types"] = process.argv;
const all = mkdtempSync(path.join(tmpdir(), "socrates-db-types-"));
try {
  compileAll(all);
  copyReachable(path.join(all, "src"), out);
} finally {
  rmSync(all, { recursive: true, force: true });
}
