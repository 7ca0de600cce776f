import path from "node:path";
import { rules } from "./rules.mjs";
import { textsOfCode, textsOfMarkdown, textsOfSql } from "./texts.mjs";

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

function findInText(/** @type {string} */ text, /** @type {number} */ firstLine) {
  return compiled.flatMap(({ words, unless, write }) => {
    const checked =
      unless === undefined ? text : text.replace(unless, (found) => found.replace(/[^\n]/g, "."));
    return [...checked.matchAll(words)].map((match) => ({
      line: firstLine + checked.slice(0, match.index).split("\n").length - 1,
      words: match[0].replace(/\s+/g, " "),
      write,
      at: match.index,
    }));
  });
}

/** Whether a file has text to check, by its extension. */
export function isChecked(/** @type {string} */ file) {
  return readers.has(path.extname(file));
}

/** The wordings of rules.mjs in the content of a file, in order; undefined for a file without a reader. */
export function findWordings(/** @type {string} */ file, /** @type {string} */ content) {
  const read = readers.get(path.extname(file));
  return read?.(content)
    .flatMap(({ text, line }) => findInText(text, line).sort((a, b) => a.at - b.at))
    .sort((a, b) => a.line - b.line);
}
