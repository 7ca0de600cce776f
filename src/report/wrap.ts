import { visible } from "./visible.ts";

/**
 * SQL and commands in a sentence, which people copy: from the first word of a statement to its end or the end of the
 * sentence, and a command of this program with its options.
 */
const copied =
  /\b(?:(?:ALTER|ANALYZE|COMMENT|CREATE|DELETE|DROP|GRANT|INSERT|REFRESH|REINDEX|RESET|REVOKE|SELECT|SET|UPDATE|VACUUM) [A-Z*](?:(?!\. [A-Z])[^;])*;?|socrates-db(?: --?[\w-]+(?:=\S+)?| [a-z][a-z-]*(?= -)| [a-z]+)*)/gu;

/** What must stay on one line: words, and SQL or commands as a whole. */
function pieces(text: string): string[] {
  const joined = text.replace(copied, (sql) => sql.replaceAll(" ", "\0"));
  return joined.split(" ").map((piece) => piece.replaceAll("\0", " "));
}

/**
 * Wraps a text for a terminal into lines of at most `width` columns. SQL and commands are never broken: a wider one
 * has its own line.
 * @param width columns for the text, besides the indent; undefined without a terminal, for one line
 */
export function wrapped(text: string, width: number | undefined): string[] {
  if (width === undefined) return [visible(text)];
  const lines: string[] = [];
  let line = "";
  for (const piece of pieces(visible(text))) {
    const longer = line === "" ? piece : `${line} ${piece}`;
    if (longer.length <= width || line === "") line = longer;
    else {
      lines.push(line);
      line = piece;
    }
  }
  return [...lines, line];
}

/** The same, with each line indented; the indent counts towards the width. */
export function indented(text: string, indent: string, width: number | undefined): string[] {
  const room = width === undefined ? undefined : Math.max(20, width - indent.length);
  return wrapped(text, room).map((line) => `${indent}${line}`);
}
