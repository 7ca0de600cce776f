import { type Token, tokenAt, UnterminatedError } from "../../sql/tokens.ts";

/** A file for psql, in which only SQL remains. */
export interface SqlOnly {
  /** The text with blanks in place of what only psql understands, so that all offsets stay. */
  readonly sql: string;
  /** psql's commands and COPY. */
  readonly commands: readonly string[];
}

/** The line that ends the data of a `COPY FROM STDIN` (manual, "psql"). */
const endOfData = /^\\\.[ \t]*$/m;

/** The token at an offset; undefined for an unclosed quote or comment, which the reader of the statements reports. */
function tokenOrEnd(text: string, at: number): Token | undefined {
  try {
    return tokenAt(text, at);
  } catch (error) {
    if (error instanceof UnterminatedError) return undefined;
    throw error;
  }
}

function blanked(text: string): string {
  return text.replace(/[^\r\n]/g, " ");
}

/**
 * Takes out what psql does not send to the server: commands that start with a backslash, which end a statement as `\g`
 * does, and COPY with its data.
 */
export function sqlOnly(text: string): SqlOnly {
  const commands: string[] = [];
  let sql = "";
  let words: string[] = [];
  // Where the statement starts in `sql`, which is as long as the text that was read.
  let start = 0;
  const next = () => {
    words = [];
    start = sql.length;
  };
  while (sql.length < text.length) {
    const at = sql.length;
    const token = tokenOrEnd(text, at);
    if (token === undefined) break;
    const found = text.slice(at, token.end);
    if (found === "\\") {
      const [line = ""] = /^.*/.exec(text.slice(at)) ?? [];
      // \; separates statements that psql sends together.
      const command = line.startsWith("\\;") ? "\\;" : line;
      if (command === line) commands.push(/^\S+/.exec(line)?.[0] ?? line);
      sql += `;${blanked(command.slice(1))}`;
      next();
    } else if (found === ";" && words[0] === "COPY") {
      commands.push("COPY");
      const rest = text.slice(token.end);
      const data = words.join(" ").includes("FROM STDIN") ? endOfData.exec(rest) : null;
      const end = data === null ? token.end : token.end + data.index + data[0].length;
      sql = `${sql.slice(0, start)}${blanked(text.slice(start, end))}`;
      next();
    } else {
      sql += found;
      if (token.kind === "word") words.push(found.toUpperCase());
      if (found === ";") next();
    }
  }
  return { sql: sql + text.slice(sql.length), commands };
}
