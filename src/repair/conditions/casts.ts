import { partsOf, type TypeParts } from "./type-parts.ts";

/** Types with all types whose values they can have. */
const wider: Readonly<Record<string, readonly string[]>> = {
  integer: ["smallint", "boolean"],
  bigint: ["smallint", "integer", "oid"],
  numeric: ["smallint", "integer", "bigint"],
  real: ["smallint", "integer", "bigint"],
  "double precision": ["smallint", "integer", "bigint", "real"],
  date: ["timestamp without time zone", "timestamp with time zone"],
  "timestamp without time zone": ["date", "timestamp with time zone"],
  "timestamp with time zone": ["date", "timestamp without time zone"],
  "time without time zone": [
    "timestamp without time zone",
    "timestamp with time zone",
    "time with time zone",
  ],
  json: ["jsonb"],
  inet: ["cidr"],
  macaddr8: ["macaddr"],
};

const words: ReadonlySet<string> = new Set([
  "text",
  "character varying",
  "character",
  "bpchar",
  '"char"',
  "name",
]);
const withLength: ReadonlySet<string> = new Set(["character varying", "character", "bit varying"]);
/** Their sizes are a precision: values are rounded. */
const rounded = /^(?:time|timestamp|interval)/;

/** Whether every value of a type can be changed to another type. */
export function alwaysCasts(before: string, after: string): boolean {
  if (before === after) return true;
  if (before.endsWith("[]") && after.endsWith("[]"))
    return alwaysCasts(before.slice(0, -2), after.slice(0, -2));
  const [is, wanted] = [partsOf(before), partsOf(after)];
  if (after === "text" || after === "character varying") return true;
  if (/(?:^|\.)citext$/.test(after) && words.has(is.name)) return true;
  if (/^jsonb?$/.test(after) && before.endsWith("[]")) return true;
  const isSame = is.name === wanted.name;
  if (rounded.test(wanted.name)) return isSame || isWider(is, wanted);
  if (!isSame) return wanted.sizes.length === 0 && isWider(is, wanted);
  if (wanted.sizes.length === 0) return true;
  if (is.sizes.length === 0) return false;
  const [size = 0, scale = 0] = is.sizes;
  const [newSize = 0, newScale = 0] = wanted.sizes;
  if (withLength.has(wanted.name)) return newSize >= size;
  return wanted.name === "numeric" && newScale >= scale && newSize - newScale >= size - scale;
}

function isWider(is: TypeParts, wanted: TypeParts): boolean {
  return (wider[wanted.name] ?? []).includes(is.name);
}
