/** Values that a check may accept, taken from its text: constants, their neighbours, texts of a length or a pattern. */

function neighbours(number: string): string[] {
  const value = Number(number);
  const step = number.includes(".") ? 0.1 : 1;
  return [number, String(value + step), String(value - step)];
}

/** A text that a simple regular expression matches: the first branch, each part as often as it must occur. */
export function textFor(pattern: string): string {
  let at = 0;
  const first = (set: string) => {
    if (set.startsWith("^")) return [..."a0 -_Z"].find((c) => !new RegExp(`[${set.slice(1)}]`).test(c)) ?? "";
    const escaped: Readonly<Record<string, string>> = { "\\d": "0", "\\w": "a", "\\s": " " };
    return (
      escaped[set.slice(0, 2)] ??
      set
        .replace(/^\[:\w+:\].*/, "a")
        .replace(/^\\/, "")
        .charAt(0)
    );
  };
  const branch = (): string => {
    let text = "";
    while (at < pattern.length && pattern[at] !== ")" && pattern[at] !== "|") {
      const c = pattern[at++] ?? "";
      let atom = c;
      if (c === "^" || c === "$") continue;
      if (c === "(") {
        if (pattern.startsWith("?:", at)) at += 2;
        atom = branch();
        while (pattern[at] === "|") {
          at++;
          branch();
        }
        at++;
      } else if (c === "[") {
        const end = pattern.indexOf(
          "]",
          pattern.startsWith("[:", at) ? pattern.indexOf(":]", at) + 2 : at + 1,
        );
        atom = first(pattern.slice(at, end));
        at = end + 1;
      } else if (c === "\\") atom = first(`\\${pattern[at++] ?? ""}`);
      else if (c === ".") atom = "a";
      const [count = "", least] = /^(?:\{(\d+)[^}]*\}|[*+?])\??/.exec(pattern.slice(at)) ?? [];
      at += count.length;
      text += atom.repeat(least === undefined ? (/^[*?]/.test(count) ? 0 : 1) : Number(least));
    }
    return text;
  };
  return branch();
}

/** Candidates for the columns of a check, the likeliest first; not all are accepted. */
export function valuesOfCheck(expression: string): string[] {
  const texts = [...expression.matchAll(/'((?:[^']|'')*)'/g)].map(([, text = ""]) =>
    text.replaceAll("''", "'"),
  );
  const patterns = [...expression.matchAll(/(?:~~?\*?) '((?:[^']|'')*)'/g)].map(([all, text = ""]) =>
    all.startsWith("~~")
      ? text.replaceAll("%", "a").replaceAll("_", "b")
      : textFor(text.replaceAll("''", "'")),
  );
  const numbers = [...expression.replace(/'(?:[^']|'')*'/g, "").matchAll(/(?<![\w.])-?\d+(?:\.\d+)?/g)].map(
    ([number]) => number,
  );
  const lengths = /length\(/.test(expression)
    ? numbers
        .flatMap(neighbours)
        .map(Number)
        .filter((n) => n >= 0 && n <= 10_000)
        .map((n) => "x".repeat(n))
    : [];
  return [...new Set([...patterns, ...texts, ...lengths, ...numbers.flatMap(neighbours)])];
}
