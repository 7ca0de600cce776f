import { tokenAt } from "../../sql/tokens.ts";

/** Types whose literals have the form `interval '1 day'`, which no parameter can have. */
const typedParameter =
  /\b(interval|date|time|timestamp|timetz|timestamptz|(?:time|timestamp) with(?:out)? time zone)\s+(\$\d+)\b/gi;

/** `extract('epoch' FROM …)`, of which the field is recorded as a parameter, which it cannot be. */
const extractedParameter = /\b(extract\s*\(\s*)\$\d+(?=\s+from\b)/gi;

/** The placeholder at an offset: its name, empty for one without, and where it ends. */
function placeholderAt(
  sql: string,
  at: number,
  insideBrackets: boolean,
): { readonly name: string; readonly end: number } | undefined {
  const before = sql[at - 1] ?? "";
  // `x::int` is a cast, `a[1:n]` a slice, `n%s` a remainder.
  if (sql[at] === ":" && before !== ":" && !insideBrackets) {
    const [all, bare, quoted] = /^:(?:([A-Za-z_]\w*)|'(\w+)')/.exec(sql.slice(at, at + 130)) ?? [];
    return all === undefined ? undefined : { name: bare ?? quoted ?? "", end: at + all.length };
  }
  if (sql[at] === "%" && !/[\w\])"']/.test(before)) {
    const [all, name = ""] = /^%(?:\((\w+)\))?s(?!\w)/.exec(sql.slice(at, at + 130)) ?? [];
    return all === undefined ? undefined : { name, end: at + all.length };
  }
  return undefined;
}

function highestNumber(sql: string): number {
  return Math.max(0, ...[...sql.matchAll(/\$(\d{1,5})\b/g)].map(([, number]) => Number(number)));
}

/**
 * Replaces the placeholders of libraries by numbered parameters: `:name` and `:'name'` (psql, SQLAlchemy, JPA), `%s` and
 * `%(name)s` (Python, which writes `%%` for `%`), outside of strings, quoted identifiers and comments. One name is one
 * parameter. `IN :name` becomes `IN ($1)` and `interval $1` becomes `$1::interval`, which libraries send with the value in
 * its place.
 * @throws UnterminatedError
 */
export function numbered(sql: string): { readonly sql: string; readonly hasQuestionMark: boolean } {
  const parts: string[] = [];
  const numbers = new Map<string, number>();
  let highest = highestNumber(sql);
  let brackets = 0;
  let lastWord = "";
  let hasQuestionMark = false;
  for (let at = 0; at < sql.length; ) {
    const placeholder = placeholderAt(sql, at, brackets > 0);
    if (placeholder !== undefined) {
      const { name, end } = placeholder;
      const number = numbers.get(name) ?? ++highest;
      if (name !== "") numbers.set(name, number);
      parts.push(lastWord === "IN" ? `($${number})` : `$${number}`);
      lastWord = "";
      at = end;
      continue;
    }
    const { kind, end } = sql.startsWith("%%", at) ? { kind: "symbol", end: at + 2 } : tokenAt(sql, at);
    const text = sql.slice(at, end);
    if (text === "[") brackets++;
    if (text === "]") brackets--;
    hasQuestionMark ||= text === "?";
    if (kind !== "blank") lastWord = text.toUpperCase();
    parts.push(text === "%%" ? "%" : text);
    at = end;
  }
  const text = parts.join("").replace(typedParameter, "$2::$1").replace(extractedParameter, "$1epoch");
  return { sql: text, hasQuestionMark };
}
