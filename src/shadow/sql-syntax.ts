/**
 * Before PostgreSQL 14, functions with a syntax of their own were printed as plain calls: `x AT TIME ZONE 'UTC'` came out
 * as `timezone('UTC'::text, x)`. Newer servers print what was written (release notes of 14, "E.23.3.3").
 */
const forms: Readonly<Record<string, (args: readonly string[]) => string | undefined>> = {
  timezone: ([zone, time]) => (time === undefined ? undefined : `(${time} AT TIME ZONE ${zone})`),
  date_part: ([field, source]) => {
    const name = /^'(\w+)'::text$/.exec(field ?? "")?.[1];
    return name === undefined || source === undefined ? undefined : `EXTRACT(${name} FROM ${source})`;
  },
  btrim: ([text, ...more]) => (more.length > 0 ? undefined : `TRIM(BOTH FROM ${text})`),
  substring: ([text, from, length]) =>
    from === undefined
      ? undefined
      : `SUBSTRING(${text} FROM ${from}${length === undefined ? "" : ` FOR ${length}`})`,
  position: ([text, part]) => (part === undefined ? undefined : `POSITION((${part}) IN (${text}))`),
};

/** The end of the parenthesis that opens at `open`, and its arguments; strings inside are passed over. */
function argumentsAt(text: string, open: number): { args: string[]; end: number } | undefined {
  const args: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let i = open; i < text.length; i++) {
    const c = text[i];
    if (c === "'" || c === '"') {
      const close = text.indexOf(c, i + 1);
      if (close < 0) return undefined;
      i = close;
    } else if (c === "(" || c === "[") depth++;
    else if (c === ")" || c === "]") {
      depth--;
      if (depth === 0) return { args: [...args, text.slice(start, i).trim()], end: i + 1 };
    } else if (c === "," && depth === 1) {
      args.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  return undefined;
}

/** An expression of an older server as a newer one would print it, had it been written with the syntax of SQL. */
export function withSqlSyntax(text: string): string {
  const call = new RegExp(`(?<![\\w.])"?(${Object.keys(forms).join("|")})"?\\(`, "g");
  for (let match = call.exec(text); match !== null; match = call.exec(text)) {
    const parsed = argumentsAt(text, match.index + match[0].length - 1);
    const replacement = parsed && forms[match[1] ?? ""]?.(parsed.args);
    if (parsed === undefined || replacement === undefined) continue;
    return withSqlSyntax(`${text.slice(0, match.index)}${replacement}${text.slice(parsed.end)}`);
  }
  return text;
}
