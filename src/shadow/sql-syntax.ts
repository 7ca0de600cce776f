import { parenthesesIn } from "../sql/parentheses.ts";

/**
 * Before PostgreSQL 14, functions with special syntax were deparsed as plain calls: `x AT TIME ZONE 'UTC'` as
 * `timezone('UTC'::text, x)`. Newer servers print the original syntax (release notes of 14, "E.23.3.3").
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

/** Replaces calls with matching names, including nested ones. */
function replaceCalls(
  text: string,
  name: RegExp,
  replacement: (match: RegExpExecArray, args: readonly string[]) => string | undefined,
): string {
  const parentheses = parenthesesIn(text);
  const matches = text.matchAll(name);
  let match = matches.next().value;
  const replacedIn = ({ start, end }: { readonly start: number; readonly end: number }): string => {
    const parts: string[] = [];
    let done = start;
    while (match !== undefined && match.index < end) {
      const call = match;
      match = matches.next().value;
      const found = parentheses.get(call.index + call[0].length - 1);
      const args = found?.args.map((range) => text.slice(range.start, range.end)) ?? [];
      if (found === undefined || replacement(call, args) === undefined) continue;
      parts.push(text.slice(done, call.index), replacement(call, found.args.map(replacedIn)) ?? "");
      done = found.end;
    }
    return parts.join("") + text.slice(done, end);
  };
  return replacedIn({ start: 0, end: text.length });
}

/** The type of a number is resolved again: EXTRACT and date_part return different types. */
function withoutTypesOfNumbers(text: string): string {
  return text.replace(/\((-?\d+(?:\.\d+)?)\)::(?:numeric|double precision)\b/g, "$1");
}

/** An expression of a server before 14 as a newer one prints it for SQL syntax. */
export function withSqlSyntax(text: string): string {
  const call = new RegExp(`(?<![\\w.])"?(${Object.keys(forms).join("|")})"?\\(`, "g");
  return withoutTypesOfNumbers(replaceCalls(text, call, (match, args) => forms[match[1] ?? ""]?.(args)));
}

/**
 * An expression of a newer server in SQL for one before 14: there, EXTRACT is the function date_part, which returns
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
