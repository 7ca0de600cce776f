import { keyOf, type Schema, type SchemaObject } from "../schema/model.ts";
import { textOf } from "./names.ts";

/** A type without its length, and the numbers between its parentheses. */
interface Sized {
  readonly name: string;
  readonly numbers: readonly number[];
}

function sized(type: string): Sized {
  const numbers = /\((-?\d+(?:,-?\d+)*)\)/.exec(type)?.[1]?.split(",").map(Number) ?? [];
  return { name: type.replace(/\(-?\d+(?:,-?\d+)*\)/, ""), numbers };
}

/** Types whose values stay as they are if the length grows (manual, ALTER TABLE, notes); others are rewritten. */
const growing = new Set([
  "character varying",
  "bit varying",
  "numeric",
  "timestamp without time zone",
  "timestamp with time zone",
  "time without time zone",
  "time with time zone",
  "interval",
]);

/** Types with the same bytes (pg_cast.castmethod `b`): a value of the first is one of the second. */
const binaryCoercible = new Set([
  "character varying → text",
  "text → character varying",
  "cidr → inet",
  "integer → oid",
  "oid → integer",
  "xml → text",
  "xml → character varying",
]);

const citextPattern = /^(?:\w+\.)?citext$/;

function isSameBytes(before: string, after: string): boolean {
  const isText = (name: string) => citextPattern.test(name) || /^(?:text|character varying)$/.test(name);
  return (
    binaryCoercible.has(`${before} → ${after}`) ||
    (isText(before) && isText(after) && (citextPattern.test(before) || citextPattern.test(after)))
  );
}

/** Whether values of a type are values of a larger one, without a check. */
function fits(before: Sized, after: Sized): boolean {
  if (before.name !== after.name) return isSameBytes(before.name, after.name) && after.numbers.length === 0;
  if (after.numbers.length === 0) return before.numbers.length === 0 || growing.has(after.name);
  if (before.numbers.length === 0 || !growing.has(after.name)) return false;
  const [length = 0, scale = 0] = before.numbers;
  const [newLength = 0, newScale = 0] = after.numbers;
  return newLength >= length && newScale === scale;
}

/** The base type of a domain without constraints; other types as they are. */
function plainType(type: string, column: SchemaObject, { objects }: Schema): string {
  for (const need of column.needs) {
    const domain = need.startsWith("type ") ? objects.get(need) : undefined;
    const isFree = domain?.attributes["notNull"] !== true && !textOf(domain ?? column, "checks");
    if (
      domain !== undefined &&
      domain.attributes["type"] === "domain" &&
      isFree &&
      need === keyOf("type", type)
    )
      return textOf(domain, "baseType") ?? type;
  }
  return type;
}

/** Whether a table is rewritten when a column changes from one type to another. */
export function rewritesType(
  [from, to]: readonly [from: Schema, to: Schema],
  is: SchemaObject,
  wanted: SchemaObject,
): boolean {
  const before = textOf(is, "type") ?? "";
  const after = textOf(wanted, "type") ?? "";
  if (before === after) return false;
  return !fits(sized(plainType(before, is, from)), sized(plainType(after, wanted, to)));
}

/** PostgreSQL's own functions that give another value in each row. */
const volatileFunctions =
  /\b(?:nextval|random|random_normal|gen_random_uuid|uuidv4|uuidv7|clock_timestamp|timeofday|uuid_generate_v\d\w*)\(/;

/** Whether a table is rewritten when it gets a column: each row then has its own value (manual, ALTER TABLE, notes). */
export function rewritesForColumn(column: SchemaObject, { objects }: Schema): boolean {
  const isConstrainedDomain = (object: SchemaObject | undefined) =>
    object?.attributes["type"] === "domain" &&
    (object.attributes["notNull"] === true || textOf(object, "checks") !== undefined);
  return (
    textOf(column, "generated") === "stored" ||
    textOf(column, "identity") !== undefined ||
    volatileFunctions.test(textOf(column, "default") ?? "") ||
    column.needs.some((need) => {
      const object = objects.get(need);
      return (
        isConstrainedDomain(object) ||
        (object?.kind === "function" && object.attributes["volatility"] === "volatile")
      );
    })
  );
}
