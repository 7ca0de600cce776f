// Finds the words of rules.mjs in everything that a person reads. Run by `npm run check`; exit code 1 if there are any.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { rules } from "./rules.mjs";
import { textsOfCode, textsOfMarkdown, textsOfSql } from "./texts.mjs";

const root = path.resolve(import.meta.dirname, "../../..");

const places = [
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "docs",
  "src",
  "test",
  "bench",
  "bin",
  "migrations",
];

/** Inputs and golden files, texts of other programs, and this list of words itself. */
const neverRead = ["test/fixtures/", "test/guards/language/", "docs/benchmarks.md"];

const readers = new Map([
  [".md", textsOfMarkdown],
  [".sql", textsOfSql],
  [".ts", textsOfCode],
  [".js", textsOfCode],
  [".mjs", textsOfCode],
  [".cjs", textsOfCode],
  [".snap", (/** @type {string} */ text) => [{ line: 1, text }]],
]);

const compiled = rules.map(({ pattern, write, unless }) => ({
  words: new RegExp(`${pattern.startsWith(",") ? "" : "(?<![\\w-])"}(?:${spaced(pattern)})(?![\\w-])`, "gi"),
  unless: unless === undefined ? undefined : new RegExp(spaced(unless), "gi"),
  write,
}));

function spaced(/** @type {string} */ pattern) {
  return pattern.replaceAll(" ", "\\s+");
}

/** @returns {{ line: number, words: string, write: string }[]} */
function findingsIn(/** @type {string} */ text, /** @type {number} */ firstLine) {
  return compiled.flatMap(({ words, unless, write }) => {
    const allowed =
      unless === undefined ? text : text.replace(unless, (found) => found.replace(/[^\n]/g, "."));
    return [...allowed.matchAll(words)].map((match) => ({
      line: firstLine + allowed.slice(0, match.index).split("\n").length - 1,
      words: match[0].replace(/\s+/g, " "),
      write,
    }));
  });
}

const onlyBelow = process.argv.slice(2);
const files = places
  .flatMap((place) =>
    place.includes(".")
      ? [place]
      : readdirSync(path.join(root, place), { recursive: true, encoding: "utf8" })
          .map((name) => path.posix.join(place, name.split(path.sep).join("/")))
          .filter((name) => readers.has(path.extname(name))),
  )
  .filter((name) => !/(?:^|\/)(?:node_modules|\.build)\//.test(name))
  .filter((name) => !neverRead.some((prefix) => name.startsWith(prefix)))
  .filter((name) => onlyBelow.length === 0 || onlyBelow.some((prefix) => name.startsWith(prefix)))
  .sort();

let count = 0;
for (const file of files) {
  const read = readers.get(path.extname(file));
  if (read === undefined) continue;
  const found = read(readFileSync(path.join(root, file), "utf8"))
    .flatMap(({ text, line }) => findingsIn(text, line))
    .sort((a, b) => a.line - b.line);
  count += found.length;
  for (const { line, words, write } of found)
    process.stdout.write(`${file}:${line}: "${words}": write ${write}\n`);
}
process.stdout.write(`${files.length} files checked, ${count} wordings to change\n`);
process.exitCode = count > 0 ? 1 : 0;
