/** The usual names of types with long names in the SQL standard (PostgreSQL manual, table 8.1). */
const short: readonly (readonly [RegExp, string])[] = [
  [/^character varying/, "varchar"],
  [/^character\b/, "char"],
  [/^(timestamp|time)(\(\d+\)|) without time zone/, "$1$2"],
  [/^(timestamp|time)(\(\d+\)|) with time zone/, "$1tz$2"],
  [/^double precision/, "float8"],
];

/** The usual name of a type: `character varying(255)` is `varchar(255)`; a foreign schema is left out. */
export function shortType(type: string): string {
  const name = type.replace(/^public\./, "");
  const [pattern, replacement] = short.find(([long]) => long.test(name)) ?? [];
  return pattern === undefined || replacement === undefined ? name : name.replace(pattern, replacement);
}
