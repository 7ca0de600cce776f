/** Updates the program's output in Markdown documents: `node make-documents.js README.md …`. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../config/package-root.ts";
import { printedBlocks, withOutputs } from "../document/printed-blocks.ts";

const program = path.join(packageRoot(), "bin", "socrates-db.js");

for (const file of process.argv.slice(2)) {
  const markdown = readFileSync(file, "utf8");
  const outputs = printedBlocks(markdown).map(({ args }) =>
    execFileSync(process.execPath, [program, ...args, "--quiet"], { encoding: "utf8" }),
  );
  writeFileSync(file, withOutputs(markdown, outputs));
}
