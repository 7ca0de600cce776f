/**
 * What a person reads in a file: the comments and strings of code, the comments of SQL, the text of Markdown without its
 * code. Parts that are not read become blanks, so that lines keep their numbers.
 */

/** @typedef {{ text: string, line: number }} Text a piece of text and the line on which it begins */

/** Words before which a slash begins a regular expression, not a division. */
const beforeRegex =
  /(?:^|[([{,;=:!&|?+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|void|yield|await))\s*$/;

/**
 * The comments and strings of TypeScript or JavaScript. A string without a blank is a name, a path or a key, and left out.
 * @param {string} code
 * @returns {Text[]}
 */
export function textsOfCode(code) {
  /** @type {Text[]} */
  const texts = [];
  let at = 0;
  const lineAt = (/** @type {number} */ offset) => code.slice(0, offset).split("\n").length;
  const add = (/** @type {number} */ start, /** @type {string} */ text) => {
    if (/\S\s+\S/.test(text)) texts.push({ line: lineAt(start), text });
  };

  /** Reads up to the end of the file, or up to the brace that ends a `${`. */
  function readCode() {
    let significant = "";
    for (let depth = 0; at < code.length; ) {
      const start = at;
      const char = code[at];
      const two = code.slice(at, at + 2);
      if (two === "//") {
        readLineComments();
      } else if (two === "/*") {
        at = endOf("*/", at + 2);
        add(start, blank(blank(code.slice(start, at).replace(/^\s*\*/gm, blanks), /`[^`\n]*`/g), /@\w+ .*/g));
      } else if (char === '"' || char === "'") {
        readTo(char);
        add(start, code.slice(start + 1, at - 1).replace(/\\n/g, "  "));
        significant = char;
      } else if (char === "`") {
        readTemplate();
        significant = "`";
      } else if (char === "/" && beforeRegex.test(significant)) {
        readRegex();
        significant = "/";
      } else {
        if (char === "{") depth += 1;
        if (char === "}") depth -= 1;
        if (depth < 0) return;
        if (!/\s/.test(char ?? "")) significant = (significant + char).slice(-12);
        else if (/\w$/.test(significant)) significant += " ";
        at += 1;
      }
    }
  }

  function endOf(/** @type {string} */ what, /** @type {number} */ from) {
    const found = code.indexOf(what, from);
    return found === -1 ? code.length : found + what.length;
  }

  function readLineComments() {
    const start = at;
    const comment = /\/\/[^\n]*(?:\n[ \t]*\/\/[^\n]*)*/y;
    comment.lastIndex = at;
    const text = comment.exec(code)?.[0] ?? "";
    at += text.length;
    if (!/^\/\/ (?:biome-ignore|@ts-)/.test(text))
      add(start, blank(text.replace(/^[ \t]*\/\//gm, blanks), /`[^`\n]*`/g));
  }

  function readTo(/** @type {string} */ quote) {
    for (at += 1; at < code.length && code[at] !== quote; at += 1) if (code[at] === "\\") at += 1;
    at += 1;
  }

  function readRegex() {
    let inClass = false;
    for (at += 1; at < code.length && code[at] !== "\n" && (inClass || code[at] !== "/"); at += 1) {
      if (code[at] === "\\") at += 1;
      else if (code[at] === "[") inClass = true;
      else if (code[at] === "]") inClass = false;
    }
    at += 1;
  }

  function readTemplate() {
    const start = at;
    let text = "";
    for (at += 1; at < code.length && code[at] !== "`"; ) {
      if (code.startsWith("${", at)) {
        at += 2;
        const inner = at;
        readCode();
        text += `…${"\n".repeat(code.slice(inner, at).split("\n").length - 1)}`;
        at += 1;
      } else if (code[at] === "\\") {
        text += code.slice(at, at + 2) === "\\n" ? "  " : code.slice(at, at + 2);
        at += 2;
      } else {
        text += code[at];
        at += 1;
      }
    }
    at += 1;
    add(start, text);
  }

  readCode();
  return texts;
}

/**
 * The comments of an SQL file.
 * @param {string} sql
 * @returns {Text[]}
 */
export function textsOfSql(sql) {
  return sql.split("\n").flatMap((line, index) => {
    const comment = /--(?! socrates-db:)(.*)$/.exec(line)?.[1];
    return comment === undefined ? [] : [{ line: index + 1, text: comment }];
  });
}

/**
 * The text of a Markdown file, without code in backticks and without fences of SQL and other code.
 * @param {string} markdown
 * @returns {Text[]}
 */
export function textsOfMarkdown(markdown) {
  return [{ line: 1, text: blank(blank(markdown, /^```(?:sql|json|ts|js)\n[\s\S]*?^```$/gm), /`[^`\n]*`/g) }];
}

/** Replaces what matches by a mark and blanks, as long as it was and on as many lines. */
function blank(/** @type {string} */ text, /** @type {RegExp} */ pattern) {
  return text.replace(pattern, (found) => `…${blanks(found.slice(1))}`);
}

function blanks(/** @type {string} */ text) {
  return text.replace(/[^\n]/g, " ");
}
