/** The usual names of types whose names in the SQL standard are long (PostgreSQL manual, table 8.1). */
const short: readonly (readonly [RegExp, string])[] = [
  [/^character varying/, "varchar"],
  [/^character\b/, "char"],
  [/^(timestamp|time)(\(\d+\)|) without time zone/, "$1$2"],
  [/^(timestamp|time)(\(\d+\)|) with time zone/, "$1tz$2"],
  [/^double precision/, "float8"],
];

/** A type as people write it: `character varying(255)` is `varchar(255)`; what is not the type's own schema goes. */
export function shortType(type: string): string {
  const name = type.replace(/^public\./, "");
  const [pattern, replacement] = short.find(([long]) => long.test(name)) ?? [];
  return pattern === undefined || replacement === undefined ? name : name.replace(pattern, replacement);
}
