import { alignSchemas } from "../schema/align.ts";
import { type Attribute, keyOf, type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import type { Rewrite } from "./definition.ts";
import type { Printer } from "./printer.ts";
import { withDatePart, withSqlSyntax } from "./sql-syntax.ts";

/** Attributes that PostgreSQL deparses from an expression; the text may change with a major version. */
export const deparsed = [
  "arguments",
  "body",
  "checks",
  "columns",
  "condition",
  "default",
  "definition",
  "expression",
  "predicate",
  "using",
  "withCheck",
] as const;

/** Bodies are stored as text, except in standard SQL form (CREATE FUNCTION, "sql_body"). */
function isDeparsed({ kind, attributes }: SchemaObject, name: string): boolean {
  const text = attributes[name];
  return kind === "function" && name === "body"
    ? attributes["language"] === "sql" && /^(RETURN|BEGIN ATOMIC)\b/.test(String(text))
    : typeof text === "string";
}

function major(version: number): number {
  return Math.floor(version / 10_000);
}

type Differs = (expected: Attribute | undefined, actual: Attribute | undefined) => boolean;
type Pair = readonly [expected: SchemaObject, actual: SchemaObject];

/** Objects on both sides whose deparsed expressions differ. */
function suspects(expected: Schema, actual: Schema, differ: Differs): Pair[] {
  return alignSchemas(expected, actual).pairs.filter(([wanted, object]) =>
    deparsed.some(
      (name) =>
        isDeparsed(wanted, name) &&
        isDeparsed(object, name) &&
        differ(wanted.attributes[name], object.attributes[name]),
    ),
  );
}

const cast =
  /::(character varying|bit varying|double precision|time(stamp)? with(out)? time zone|"[^"]+"|[\w.]+)(\([\d,]+\))?(\[\])?/g;

/** Whether two texts differ only in casts and parentheses, and so may mean the same. */
const differInCasts: Differs = (a, b) => {
  const bare = (text: string) => text.replace(cast, "").replace(/[()\s]/g, "");
  return a !== b && typeof a === "string" && typeof b === "string" && bare(a) === bare(b);
};

const differ: Differs = (a, b) => a !== b;

export const asWritten: Rewrite = (text) => text;

/** An object with the expected text of each expression that the shadow deparses alike. */
function withWords([wanted, object]: Pair, left: Schema, right: Schema): SchemaObject {
  const key = keyOf(object.kind, object.name);
  const [one, other] = [left.objects.get(key)?.attributes, right.objects.get(key)?.attributes];
  const same = deparsed.filter(
    (name) => isDeparsed(wanted, name) && typeof one?.[name] === "string" && one[name] === other?.[name],
  );
  const words = Object.fromEntries(same.map((name) => [name, wanted.attributes[name] ?? null]));
  return same.length === 0 ? object : { ...object, attributes: { ...object.attributes, ...words } };
}

/** The actual schema with the expected text wherever the shadow deparses both texts alike. */
async function reconcile(
  expected: Schema,
  actual: Schema,
  pairs: readonly Pair[],
  printer: Printer,
  rewriteOf: (serverVersion: number) => Rewrite,
): Promise<Schema> {
  const [left = expected, right = actual] = await printer.print([
    { base: expected, objects: pairs.map(([wanted]) => wanted), rewrite: rewriteOf(expected.serverVersion) },
    { base: actual, objects: pairs.map(([, object]) => object), rewrite: rewriteOf(actual.serverVersion) },
  ]);
  const objects = new Map(actual.objects);
  for (const pair of pairs) objects.set(keyOf(pair[1].kind, pair[1].name), withWords(pair, left, right));
  return schemaOf(objects.values(), actual.uncovered, actual.serverVersion);
}

/**
 * The actual schema with the expected text of each equivalent expression. One server, the shadow, reads both texts,
 * each with its own side's definitions, and compares its own output: major versions deparse differently, and so does
 * a restored dump. PostgreSQL prints `x IN ('a', 'b')` for varchar as a cast of an array, reads that as an array of
 * casts, and prints it so from then on. The server is asked only if something differs.
 */
export async function redeparse(expected: Schema, actual: Schema, printer: Printer): Promise<Schema> {
  const isSameMajor = major(expected.serverVersion) === major(actual.serverVersion);
  const differs = isSameMajor ? differInCasts : differ;
  const pairs = suspects(expected, actual, differs);
  if (pairs.length === 0) return actual;
  const printed = await reconcile(expected, actual, pairs, printer, () => asWritten);
  const isOld = (version: number) => version < 140_000;
  if (isSameMajor || !(isOld(expected.serverVersion) || isOld(actual.serverVersion))) return printed;
  const rest = suspects(expected, printed, differs);
  return rest.length === 0
    ? printed
    : reconcile(expected, printed, rest, printer, (version) =>
        isOld(version) ? withSqlSyntax : withDatePart,
      );
}
