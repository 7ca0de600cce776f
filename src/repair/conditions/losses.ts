import { partsOf, type TypeParts } from "./type-parts.ts";

const integers: ReadonlySet<string> = new Set(["smallint", "integer", "bigint"]);
const floats: ReadonlySet<string> = new Set(["real", "double precision"]);
const words: ReadonlySet<string> = new Set(["text", "character varying", "character", "bpchar"]);
/** Types whose size rounds values that do not fit it. */
const rounding = /^(?:numeric|time|timestamp|interval)\b/;

/** Digits of a fraction of a second: six unless the type says less. */
function precisionOf({ sizes: [size = 6] }: TypeParts): number {
  return size;
}

/** The digits after the point; any number without a size. */
function scaleOf({ sizes: [size, scale = 0] }: TypeParts): number {
  return size === undefined ? Number.POSITIVE_INFINITY : scale;
}

/** Whether a cast between two types of numbers can change a value that it does not refuse. */
function changesNumber(is: TypeParts, wanted: TypeParts): boolean {
  const [before, after] = [is.name, wanted.name];
  if (after === "boolean") return integers.has(before);
  if (integers.has(after)) return floats.has(before) || (before === "numeric" && scaleOf(is) > 0);
  if (floats.has(after)) {
    const exact = after === "real" ? ["smallint"] : ["smallint", "integer", "real"];
    return (
      after !== before &&
      (before === "numeric" || [...integers, ...floats].includes(before)) &&
      !exact.includes(before)
    );
  }
  if (after === "money") return before === "numeric";
  if (after !== "numeric") return false;
  return floats.has(before) || (before === "numeric" && scaleOf(wanted) < scaleOf(is));
}

/** The same for dates and times. */
function changesTime(is: TypeParts, wanted: TypeParts): boolean {
  const isShorter = precisionOf(wanted) < precisionOf(is);
  const bothBegin = (start: string) => is.name.startsWith(start) && wanted.name.startsWith(start);
  if (wanted.name === "date") return is.name.startsWith("timestamp");
  if (bothBegin("time "))
    return isShorter || (is.name !== wanted.name && wanted.name.endsWith("without time zone"));
  if (bothBegin("interval")) return isShorter || (wanted.name !== is.name && wanted.name !== "interval");
  return bothBegin("timestamp ") && isShorter;
}

/**
 * A test in SQL of whether a value changes with its type, other than by an error: it is rounded or shortened (manual,
 * sections 8.1 and 8.5). It compares `value` with `new_value`, which is the same in the new type.
 * @returns undefined if no value changes
 */
export function changeOfValue(before: string, after: string): string | undefined {
  const isArray = before.endsWith("[]") && after.endsWith("[]");
  const [is, wanted] = [before, after].map((type) => partsOf(isArray ? type.slice(0, -2) : type));
  if (is === undefined || wanted === undefined) return undefined;
  if (is.name.startsWith("timestamp ") && wanted.name.startsWith("time ")) return "value IS NOT NULL";
  if (words.has(is.name) && wanted.sizes.length > 0 && rounding.test(wanted.name))
    return `value::${wanted.name}${isArray ? "[]" : ""} IS DISTINCT FROM new_value`;
  const isShortened = words.has(is.name) && (wanted.name === "name" || wanted.name === '"char"');
  const losesHost = is.name === "inet" && wanted.name === "cidr";
  return isShortened || losesHost || changesNumber(is, wanted) || changesTime(is, wanted)
    ? `new_value::${before} IS DISTINCT FROM value`
    : undefined;
}
