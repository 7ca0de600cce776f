import { tokenAt, UnterminatedError } from "../../sql/tokens.ts";

/** Functions that have a value for every argument of their types. */
const total: ReadonlySet<string> = new Set(
  "lower upper initcap coalesce length char_length octet_length btrim ltrim rtrim concat md5 nullif greatest least num_nulls num_nonnulls cardinality starts_with array_length".split(
    " ",
  ),
);

/** Words before a parenthesis that call no function. */
const words: ReadonlySet<string> = new Set(
  "and or not in case when then else any all array values is between like".split(" "),
);

const constant =
  /(?:'(?:[^']|'')*'|\(?-?\d[\d.]*\)?)::(?:"[^"]+"|[a-z_.]+)(?: varying| precision| with(?:out)? time zone)?(?:\[\])?/g;

/** Casts that always work: to text and to the widest number. */
const safeCast = /::(?:text|numeric|double precision|bpchar|character varying)(?:\[\])?(?![\w(])/g;

/** Whether evaluating an expression may fail for some values: it calculates, casts, or calls what may fail. */
export function canFail(expression: string): boolean {
  const text = expression
    .replace(constant, "0")
    .replace(safeCast, "")
    .replace(/'(?:[^']|'')*'/g, "''");
  if (/::|[-+*/%^](?!>)/.test(text.replace(/->>?|#>>?/g, ""))) return true;
  const calls = text.matchAll(/((?:"[^"]+"|[\w.]+)) ?\(/g);
  return [...calls].some(
    ([, name = ""]) => !total.has(name) && !words.has(name.toLowerCase()) && !/^\d/.test(name),
  );
}

/** The condition of a domain with another expression in the place of VALUE. */
export function withValue(check: string, value: string): string {
  let text = "";
  for (let at = 0; at < check.length; ) {
    let end = check.length;
    try {
      end = tokenAt(check, at).end;
    } catch (error) {
      if (!(error instanceof UnterminatedError)) throw error;
    }
    const token = check.slice(at, end);
    text += token === "VALUE" ? value : token;
    at = end;
  }
  return text;
}
