/**
 * Before PostgreSQL 14, functions with a syntax of their own were printed as plain calls: `x AT TIME ZONE 'UTC'` came out
 * as `timezone('UTC'::text, x)`. Newer servers print what was written (release notes of 14, "E.23.3.3").
 */
const forms: Readonly<Record<string, (args: readonly string[]) => string | undefined>> = {
  timezone: ([zone, time]) => (time === undefined ? undefined : `(${time} AT TIME ZONE ${zone})`),
  btrim: (args) => trim("BOTH", args),
  ltrim: (args) => trim("LEADING", args),
  rtrim: (args) => trim("TRAILING", args),
  substring: ([text, from, length]) =>
    from === undefined
      ? undefined
      : `SUBSTRING(${text} FROM ${from}${length === undefined ? "" : ` FOR ${length}`})`,
  position: ([text, part]) => (part === undefined ? undefined : `POSITION((${part}) IN (${text}))`),
  overlay: ([text, other, from, length]) =>
    from === undefined
      ? undefined
      : `OVERLAY(${text} PLACING ${other} FROM ${from}${length === undefined ? "" : ` FOR ${length}`})`,
  overlaps: ([a, b, c, d]) => (d === undefined ? undefined : `((${a}, ${b}) OVERLAPS (${c}, ${d}))`),
  normalize: ([text, form]) =>
    form === undefined ? undefined : `NORMALIZE(${text}, ${form.replace(/^'(\w+)'::text$/, "$1")})`,
};

function trim(side: string, [text, characters, more]: readonly string[]): string | undefined {
  if (text === undefined || more !== undefined) return undefined;
  return `TRIM(${side} ${characters === undefined ? "" : `${characters} `}FROM ${text})`;
}

/** The end of the parenthesis that opens at `open`, and its arguments; strings inside are skipped. */
export function argumentsAt(text: string, open: number): { args: string[]; end: number } | undefined {
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

/** Replaces calls whose names match, from left to right, those within the arguments of others as well. */
function replaceCalls(
  text: string,
  name: RegExp,
  replacement: (match: RegExpExecArray, args: readonly string[]) => string | undefined,
): string {
  let rest = text;
  for (let match = name.exec(rest); match !== null; match = name.exec(rest)) {
    const parsed = argumentsAt(rest, match.index + match[0].length - 1);
    const replaced = parsed && replacement(match, parsed.args);
    if (parsed === undefined || replaced === undefined) continue;
    rest = `${rest.slice(0, match.index)}${replaced}${rest.slice(parsed.end)}`;
    name.lastIndex = 0;
  }
  return rest;
}

/** A number's type is chosen anew where it is used: that of EXTRACT is not that of date_part. */
function withoutTypesOfNumbers(text: string): string {
  return text.replace(/\((-?\d+(?:\.\d+)?)\)::(?:numeric|double precision)\b/g, "$1");
}

/** An expression of a server before 14 as a newer one prints it, had it been written with the syntax of SQL. */
export function withSqlSyntax(text: string): string {
  const call = new RegExp(`(?<![\\w.])"?(${Object.keys(forms).join("|")})"?\\(`, "g");
  return withoutTypesOfNumbers(replaceCalls(text, call, (match, args) => forms[match[1] ?? ""]?.(args)));
}

/**
 * An expression of a newer server as one before 14 understands its SQL: there, EXTRACT is the function date_part, of type
 * double precision and not numeric (release notes of 14, "E.23.2").
 */
export function withDatePart(text: string): string {
  return withoutTypesOfNumbers(
    replaceCalls(text, /\bEXTRACT\(/g, (_, [argument = ""]) => {
      const parts = /^(\w+) FROM (.*)$/s.exec(argument);
      return parts === null ? undefined : `date_part('${parts[1]}', ${parts[2]})`;
    }),
  );
}
