/**
 * Prints docs/architecture.md: the folders of `src` with the imports between them, and the paths of two commands, all
 * of it read from the sources. `node src/build/print-architecture.mjs [FILE]` writes it to a file instead.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { paths } from "./architecture-paths.mjs";

const root = path.resolve(import.meta.dirname, "../..");
const src = path.join(root, "src");

/** All sources by their name below `src`, sorted. @type {ReadonlyMap<string, string>} */
const sources = new Map(
  readdirSync(src, { recursive: true, encoding: "utf8" })
    .map((name) => name.split(path.sep).join("/"))
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => [name, readFileSync(path.join(src, name), "utf8")]),
);

/** The folder directly below `src`; a file that is there itself has none. @param {string} name */
const folderOf = (name) => (name.includes("/") ? name.split("/")[0] : undefined);

/** What a file imports of `src`, and whether it is code or types alone. @param {string} name */
function importsOf(name) {
  const pattern =
    /^(import type|export type|import|export)\b[^;"']*?\bfrom "(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/gm;
  return [...sources.get(name).matchAll(pattern)].map(([, word, target, lazy]) => ({
    target: path.posix.join(path.posix.dirname(name), target ?? lazy),
    isType: word?.endsWith("type") ?? false,
  }));
}

/** Arrows between folders: the folders that each one imports, and whether it imports code. @type {Map<string, Map<string, boolean>>} */
const arrows = new Map();
for (const name of sources.keys()) {
  const from = folderOf(name);
  if (from === undefined) continue;
  const targets = arrows.get(from) ?? new Map();
  arrows.set(from, targets);
  for (const { target, isType } of importsOf(name)) {
    const to = folderOf(target);
    if (to !== undefined && to !== from && sources.has(target)) targets.set(to, targets.get(to) || !isType);
  }
}

/** The length of the longest chain of imports below a folder. @param {string} folder @returns {number} */
function height(folder, above = []) {
  if (above.includes(folder)) throw new Error(`a circle of imports: ${[...above, folder].join(" -> ")}`);
  const targets = [...(arrows.get(folder)?.keys() ?? [])];
  return Math.max(-1, ...targets.map((target) => height(target, [...above, folder]))) + 1;
}

const heights = new Map([...arrows.keys()].map((folder) => [folder, height(folder)]));
const order = [...arrows.keys()].sort((a, b) => heights.get(b) - heights.get(a) || (a < b ? -1 : 1));

/** What each folder holds, from CONTRIBUTING.md. @type {ReadonlyMap<string, string>} */
const purposes = new Map(
  [
    ...readFileSync(path.join(root, "CONTRIBUTING.md"), "utf8").matchAll(
      /^\| `src\/(\w+)\/` *\| (.*?) *\|$/gm,
    ),
  ].map(([, folder, purpose]) => [folder, purpose]),
);

/** One line per folder, with a mark in the columns of the folders above that import it. */
function picture() {
  const width = Math.max(...order.map((folder) => folder.length)) + 1;
  return order.map((folder, row) => {
    const columns = order.slice(0, row).map((other) => {
      const isCode = arrows.get(other).get(folder);
      if (isCode !== undefined) return isCode ? "●" : "○";
      return order.slice(row).some((later) => arrows.get(other).has(later)) ? "│" : " ";
    });
    const last = columns.findLastIndex((column) => "●○".includes(column));
    const own = arrows.get(folder).size > 0 ? "┐" : " ";
    // The line of a folder runs from its name to the head of its own column.
    const cells = columns.map((column, i) => {
      const isCrossed = i <= last || own !== " ";
      return `${isCrossed ? "─" : " "}${isCrossed && column === " " ? "─" : isCrossed && column === "│" ? "┼" : column}`;
    });
    const line = `${folder.padEnd(width)}${last < 0 ? "" : "◀"}`.padEnd(width + 1, own === " " ? " " : "─");
    return `${line}${cells.join("")}${own === " " ? "" : `─${own}`}`.trimEnd();
  });
}

/** The file that exports a function. @param {string} step `name` or `folder/…/file.ts:name` @param {string} command */
function fileOf(step, command) {
  const [name, place = ""] = step.split(":").reverse();
  const declaration = new RegExp(`^export (?:async )?(?:function|const) ${name}\\b`, "m");
  const found = [...sources.keys()].filter(
    (file) => file.startsWith(place) && declaration.test(sources.get(file)),
  );
  if (found.length !== 1)
    throw new Error(
      `${command}: ${step} is exported by ${found.join(", ") || "no file"}: correct architecture-paths.mjs`,
    );
  return { name, file: found[0] };
}

/** Whether a file imports the file of a function and names it. @param {string} file @param {{ name: string, file: string }} step */
function calls(file, step) {
  const isNamed = new RegExp(`\\b${step.name}\\b`).test(sources.get(file));
  return isNamed && importsOf(file).some(({ target }) => target === step.file);
}

/** A tree of calls: each function below the last one before it whose file imports it. @param {string} command */
function pathOf(command) {
  const steps = paths[command].map((step) => ({ ...fileOf(step, command), depth: 0 }));
  for (const [i, step] of steps.entries()) {
    if (i === 0) continue;
    const before = steps.slice(0, i);
    const caller =
      before.findLast((other) => calls(other.file, step)) ??
      before.findLast(({ file }) => file === step.file);
    if (caller === undefined)
      throw new Error(
        `${command}: nothing before ${step.name} imports it from ${step.file}: correct architecture-paths.mjs`,
      );
    step.depth = caller.depth + 1;
  }
  const lines = steps.map(({ name, file, depth }) => `${"  ".repeat(depth)}${name}`.padEnd(34) + file);
  const folders = steps.map(({ file }) => folderOf(file)).filter((folder, i, all) => folder !== all[i - 1]);
  return { lines, folders };
}

const page = `# Architecture

This page is printed from the sources by \`npm run docs\`, and a test fails when it is out of date.

## The folders of src

Each folder imports only folders below it. To see what a folder imports, follow its column down from \`┐\`: \`●\` marks a
folder of which it imports code, \`○\` one of which it imports types alone. To see who imports a folder, follow its line to
the right. Files directly in \`src\`, such as \`errors.ts\`, may be imported by any folder and are left out.

\`\`\`text
${picture().join("\n")}
\`\`\`

| folder | holds |
| --- | --- |
${order.map((folder) => `| \`${folder}\` | ${purposes.get(folder) ?? ""} |`).join("\n")}

## The paths of two commands

Each function is called, through others that are left out, by the one above it that is indented less. Its file imports
the file of the function called.
${Object.keys(paths)
  .map((command) => {
    const { lines, folders } = pathOf(command);
    return `
### ${command}

Folders: ${folders.map((folder) => `\`${folder}\``).join(" → ")}

\`\`\`text
${lines.join("\n")}
\`\`\`
`;
  })
  .join("")}`;

const [, , file] = process.argv;
if (file === undefined) process.stdout.write(page);
else writeFileSync(file, page);
