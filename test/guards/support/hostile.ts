/** A text that may be slow to read: about n characters. */
export interface Family {
  readonly name: string;
  readonly make: (length: number) => string;
}

/** Units that a pattern may match in several ways, or whose end it may search in vain. */
const units: readonly string[] = [
  ..." \t\n\u2028a1_.,;:|/\\'\"`$%&=?@#*-<([{",
  "--\n",
  "-- a: b\n",
  "/*",
  "/**/",
  "''a",
  '""',
  "\\'",
  '\\"',
  "$a$",
  "$sdb1$",
  "a ",
  "a\n",
  "a, ",
  "a=1 ",
  "a=1&",
  "@a?b=",
  "://:",
  "//:",
  "password=",
  "PASSWORD 'a' ",
  "COPY a\n",
  "COMMENT ON a;\n",
  "FROM  stdin",
  "references  ",
  "-> ",
  '->"',
  ", or ",
  "- ",
  "# a\n",
  "```\n",
  "![a](",
  "\u2502a_",
  "\u2502a_\u2502\n",
  "\u251c\u2500\u2534",
  "x = ANY (ARRAY['",
  "timezone(a, b)",
  "timezone(",
  "EXTRACT(a FROM b)",
  "\u{1f600}",
];

/** Numbers below a limit, the same at each run. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % limit;
  };
}

/** A random mix of a few units; a longer one begins like a shorter one. */
function mix(seed: number): Family {
  const below = numbers(seed);
  const few = Array.from({ length: 4 }, () => units[below(units.length)] ?? "");
  return {
    name: `a mix of ${JSON.stringify(few)}`,
    make: (length) => {
      const next = numbers(seed);
      let text = "";
      while (text.length < length) text += few[next(few.length)] ?? "";
      return text;
    },
  };
}

export const families: readonly Family[] = [
  ...units.map((unit) => ({
    name: JSON.stringify(unit),
    make: (length: number) => unit.repeat(Math.ceil(length / unit.length)),
  })),
  ...Array.from({ length: 6 }, (_, i) => mix(i + 1)),
];
