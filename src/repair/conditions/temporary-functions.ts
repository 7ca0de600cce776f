import { nameIn, type ObjectKey, type SchemaObject } from "../../schema/model.ts";
import { partsOfName } from "../../schema/names.ts";
import { functions } from "../functions.ts";
import { functionName, sqlName, textOf, withoutTypes } from "../names.ts";
import type { TemporaryFunction } from "./condition.ts";
import type { KeptRows } from "./kept-rows.ts";

/** Functions that a script creates, as temporary ones: what the script checks can be asked before they exist. */
export interface TemporaryFunctions {
  readonly functions: readonly TemporaryFunction[];
  /** The expression with calls of the temporary functions. */
  rewrite(expression: string): string;
}

interface Renamed {
  readonly is: string;
  readonly temporary: string;
}

function isFunction(key: ObjectKey): boolean {
  return key.startsWith("function ");
}

/** The schema and name of a function without its types, as SQL. */
function ownName(name: string): string {
  return sqlName(withoutTypes(name));
}

/** Calls of functions with some names, as PostgreSQL prints them. */
function rewritten(expression: string, names: readonly Renamed[]): string {
  return names.reduce((text, { is, temporary }) => text.replaceAll(`${is}(`, `${temporary}(`), expression);
}

/** Kinds of objects that the body of a function may name, of which PostgreSQL records nothing. */
const named = /^(?:aggregate|column|function|sequence|table|type|view) /;

/** Whether a function may use what is not yet as its body needs it. */
function usesChanged({ attributes, needs }: SchemaObject, rows: KeptRows): boolean {
  const body = String(attributes["body"]);
  const words = new Set(body.toLowerCase().split(/[^\w$]+/));
  const isNamed = (name: string) =>
    /[^\w$]/.test(name) ? body.includes(name) : words.has(name.toLowerCase());
  const isChanged = (key: ObjectKey) => rows.isNew(key) || (isFunction(key) && rows.fates.of.has(key));
  return (
    needs.some(isChanged) ||
    [...rows.fates.of.keys()].some(
      (key) =>
        named.test(key) && isChanged(key) && isNamed(partsOfName(withoutTypes(nameIn(key))).at(-1) ?? ""),
    )
  );
}

function canBeTemporary(key: ObjectKey, rows: KeptRows): boolean {
  const wanted = rows.to.objects.get(key);
  if (wanted === undefined || !["sql", "plpgsql"].includes(textOf(wanted, "language") ?? "")) return false;
  // Calls of another function with the same name look alike.
  const own = ownName(wanted.name);
  const isAlone = [...rows.to.objects.values(), ...rows.from.objects.values()].every(
    ({ kind, name }) => kind !== "function" || name === wanted.name || ownName(name) !== own,
  );
  return isAlone && rows.canUseNow(wanted) && !usesChanged(wanted, rows);
}

/**
 * What an object calls that the script creates or changes.
 * @returns undefined if the object cannot be evaluated now, with temporary functions either
 */
export function temporaryFunctions(object: SchemaObject, rows: KeptRows): TemporaryFunctions | undefined {
  const changed = object.needs.filter((key) => isFunction(key) && rows.fates.of.has(key));
  const others = object.needs.filter((key) => !changed.includes(key));
  if (!rows.canUseNow({ ...object, needs: others })) return undefined;
  if (!changed.every((key) => canBeTemporary(key, rows))) return undefined;
  const wanted = changed.flatMap((key) => rows.to.objects.get(key) ?? []);
  const names = wanted.map(({ name }): Renamed => {
    const is = ownName(name);
    return { is, temporary: `pg_temp.${sqlName(partsOfName(withoutTypes(name)).at(-1) ?? "")}` };
  });
  return {
    functions: wanted.flatMap((one, i) => {
      const [sql = ""] = functions.create(one);
      const { is = "", temporary = "" } = names[i] ?? {};
      const create = sql.replace(`CREATE FUNCTION ${is}(`, () => `CREATE OR REPLACE FUNCTION ${temporary}(`);
      return [{ create, drop: `DROP FUNCTION ${temporary}${functionName(one.name).slice(is.length)}` }];
    }),
    rewrite: (expression) => rewritten(expression, names),
  };
}
