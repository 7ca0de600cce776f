import { tokenAt } from "../../sql/tokens.ts";

/** Types whose literals have the form `interval '1 day'`, which no parameter can have. */
const typedParameter =
  /\b(interval|date|time|timestamp|timetz|timestamptz|(?:time|timestamp) with(?:out)? time zone)\s+(\$\d+)\b/gi;

/** `extract('epoch' FROM …)`, of which the field is recorded as a parameter, which it cannot be. */
const extractedParameter = /\b(extract\s*\(\s*)\$\d+(?=\s+from\b)/gi;

/** `:name IS NULL OR name = :name`: PostgreSQL finds no type for the first one, which can be any. */
const untypedParameter = /\$\d+(?=\s+is\s+(?:not\s+)?null\b)/gi;

/** The placeholder at an offset: its name, empty for one without, and where it ends. */
function placeholderAt(
  sql: string,
  at: number,
  isSubscript: boolean,
): { readonly name: string; readonly end: number } | undefined {
  const before = sql[at - 1] ?? "";
  // `x::int` is a cast, `a[1:n]` a slice, `n%s` a remainder.
  if (sql[at] === ":" && before !== ":" && !isSubscript) {
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
  // For each open bracket, whether it is a subscript or slice, and not that of an array's elements.
  const subscripts: boolean[] = [];
  let lastWord = "";
  let hasQuestionMark = false;
  for (let at = 0; at < sql.length; ) {
    const placeholder = placeholderAt(sql, at, subscripts.at(-1) === true);
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
    if (text === "[") subscripts.push(!["ARRAY", "[", ","].includes(lastWord));
    if (text === "]") subscripts.pop();
    hasQuestionMark ||= text === "?";
    if (kind !== "blank") lastWord = text.toUpperCase();
    parts.push(text === "%%" ? "%" : text);
    at = end;
  }
  const text = parts
    .join("")
    .replace(typedParameter, "$2::$1")
    .replace(extractedParameter, "$1epoch")
    .replace(untypedParameter, () => `$${++highest}::text`);
  return { sql: text, hasQuestionMark };
}
