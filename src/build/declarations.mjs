/** Writes the declarations that a program which imports this package needs, and no others, into the folder that it is given. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { reachableDeclarations } from "./reachable-declarations.mjs";

/**
 * Compiles the declarations of `index.ts` and of all that it imports. The DOM is in its settings for `WebAssembly`.
 * @param {string} to a folder
 */
function compile(to) {
  const options = ["--project", "src/build/declarations.tsconfig.json", "--outDir", to];
  const { status } = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", ...options], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) throw new Error("the declarations do not compile");
}

const [, , out = "dist/types"] = process.argv;
const all = mkdtempSync(path.join(tmpdir(), "socrates-db-types-"));
try {
  compile(all);
  rmSync(out, { recursive: true, force: true });
  for (const [name, text] of reachableDeclarations(path.join(all, "src"))) {
    const file = path.join(out, `${name}.d.ts`);
    mkdirSync(path.dirname(file), { recursive: true });
    const own = path.posix.relative(path.posix.dirname(name), "postgres.cjs");
    const postgres = own.startsWith(".") ? own : `./${own}`;
    // The compiler leaves the names of the sources.
    const published = text
      .replace(/(\bfrom "\.[^"]+)\.ts"/g, '$1.js"')
      .replace('from "postgres"', `from "${postgres}"`);
    writeFileSync(file, published);
  }
  // The client is bundled, so an application need not install it for its types. It imports two types of Node, which are
  // complete where an application has the types of Node, and unknown elsewhere: without the comment, an error.
  const client = readFileSync("node_modules/postgres/types/index.d.ts", "utf8");
  writeFileSync(path.join(out, "postgres.d.cts"), `// @ts-ignore\n${client}\ntype Buffer = Uint8Array;\n`);
} finally {
  rmSync(all, { recursive: true, force: true });
}
