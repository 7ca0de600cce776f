/** What of the compiler's declarations a program can come across that imports `index.d.ts`: name by name, not file by file. */
import { readFileSync } from "node:fs";
import path from "node:path";

/** The beginning of a statement, or of the comment above it, as the compiler prints them. */
const beginning = /^(?=\/\*\*|(?:export|declare|import|interface|type)\b)/m;
const declared =
  /^(?:export )?(?:declare )?(?:abstract )?(?:interface|type|const|function|class|enum) ([\w$]+)/;
/** An import from a package: its default, whose declarations are packed also, or one type of Node. */
const packaged = /^import(?: type)? (?:([\w$]+)|\{ ([\w$]+) \}) from "[^.][^"]*";/;
const imported = /^(?:import|export)(?: type)? \{([^}]*)\} from "(\.[^"]+)\.ts";/;

/**
 * @typedef {object} Declaration
 * @property {string} text with its comment
 * @property {string} code without comments
 * @property {string} [name] of what it declares
 */

/** @param {string} text of a file @returns {Declaration[]} */
function statements(text) {
  const pieces = text.split(beginning);
  const whole = pieces.map((piece, i) => (pieces[i - 1]?.startsWith("/**") ? pieces[i - 1] + piece : piece));
  return whole
    .filter((piece, i) => !pieces[i].startsWith("/**") && piece.trim() !== "")
    .map((piece) => {
      const code = piece.replace(/\/\*[\s\S]*?\*\//g, "").trim();
      return { text: piece, code, name: declared.exec(code)?.[1] };
    });
}

/** The names in `{ type A, b as c }`. @param {string} list */
function entries(list) {
  return list.split(",").flatMap((entry) => {
    const [, outer, inner] = /^\s*(?:type )?([\w$]+)(?: as ([\w$]+))?\s*$/.exec(entry) ?? [];
    return outer === undefined ? [] : [{ entry: entry.trim(), outer, inner: inner ?? outer }];
  });
}

/** Declarations of one file, of which some are wanted. */
class File {
  /** @type {Set<Declaration>} */
  wanted = new Set();
  /** Names of other files that it uses, as they are written in its import. @type {Map<string, Set<string>>} */
  uses = new Map();

  /** @param {string} name without `.d.ts`, relative to `folder` @param {string} folder */
  constructor(name, folder) {
    this.name = name;
    this.all = statements(readFileSync(path.join(folder, `${name}.d.ts`), "utf8"));
  }

  /** The imports and re-exports of a name. @param {string} word */
  importsOf(word) {
    return this.all.flatMap(({ code }) => {
      const [, list = "", file = ""] = imported.exec(code) ?? [];
      return entries(list)
        .filter(({ inner }) => inner === word)
        .map((entry) => ({ ...entry, file }));
    });
  }

  /** The file as it is published. */
  print() {
    if (this.name === "index") return this.all.map(({ text }) => text).join("");
    const lines = [...this.uses].map(([file, names]) => {
      return `import type { ${[...names].sort().join(", ")} } from "${file}.ts";\n`;
    });
    const kept = this.all.filter((statement) => this.wanted.has(statement)).map(({ text }) => text);
    const packages = this.all.flatMap(({ code, text }) => {
      const [, whole, type] = packaged.exec(code) ?? [];
      const name = whole ?? type;
      if (name === undefined || !kept.some((other) => new RegExp(`\\b${name}\\b`).test(other))) return [];
      // An application need not install the types of Node.
      return [whole === undefined ? `// @ts-ignore\n${text}` : text];
    });
    return [...packages, ...lines.sort(), ...kept, "export {};\n"].join("");
  }
}

/**
 * The texts of all files with something that a program can come across, by name without `.d.ts`. Their imports are
 * those of the sources.
 * @param {string} folder with the declarations of all sources
 */
export function reachableDeclarations(folder) {
  /** @type {Map<string, File>} */
  const files = new Map();
  /** @param {string} name */
  const fileOf = (name) => {
    const file = files.get(name) ?? new File(name, folder);
    files.set(name, file);
    return file;
  };
  /** @param {File} file @param {string} word */
  const want = (file, word) => {
    for (const statement of file.all.filter(({ name }) => name === word)) {
      if (file.wanted.has(statement)) continue;
      file.wanted.add(statement);
      for (const [other] of statement.code.matchAll(/[A-Za-z_$][\w$]*/g)) want(file, other);
    }
    for (const { entry, outer, file: target } of file.importsOf(word)) {
      const names = file.uses.get(target) ?? new Set();
      file.uses.set(target, names);
      if (names.has(entry.replace(/^type /, ""))) continue;
      names.add(entry.replace(/^type /, ""));
      want(fileOf(path.posix.join(path.posix.dirname(file.name), target)), outer);
    }
  };
  const index = fileOf("index");
  for (const { code } of index.all) {
    const [, list = ""] = imported.exec(code) ?? [];
    for (const { inner } of entries(list)) want(index, inner);
  }
  return new Map([...files].map(([name, file]) => [name, file.print()]));
}
