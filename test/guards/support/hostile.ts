/** Text that a reader may be slow with: n characters, or a few more. */
export interface Family {
  readonly name: string;
  readonly make: (length: number) => string;
}

/** What a pattern may read in more than one way, or look for an end of that never comes. */
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

/** A mix of a few units in an order of chance; a longer one begins as a shorter one does. */
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
