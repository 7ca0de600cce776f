import { readSchema } from "../catalog/read.ts";
import { identifier } from "../database/quote.ts";
import type { Session } from "../database/session.ts";
import { alignSchemas } from "../schema/align.ts";
import {
  type Attribute,
  keyOf,
  type ObjectKey,
  type Schema,
  type SchemaObject,
  schemaOf,
} from "../schema/model.ts";
import { partsOfName } from "../schema/names.ts";
import { withShadow } from "./shadow.ts";
import { withSqlSyntax } from "./sql-syntax.ts";

/** Attributes that PostgreSQL prints from a parsed expression; how it does so may change with a major version. */
const deparsed: ReadonlySet<string> = new Set([
  "expression",
  "default",
  "predicate",
  "columns",
  "definition",
  "using",
  "withCheck",
]);

type Rewrite = (text: string) => string;

function major(version: number): number {
  return Math.floor(version / 10_000);
}

function sqlName(name: string): string {
  return partsOfName(name).map(identifier).join(".");
}

function parentName(name: string): string {
  return partsOfName(name).slice(0, -1).map(identifier).join(".");
}

function partName(name: string): string {
  return identifier(partsOfName(name).at(-1) ?? "");
}

type Differs = (expected: Attribute | undefined, actual: Attribute | undefined) => boolean;

/** Objects that both sides have and whose printed expressions differ. */
function suspects(expected: Schema, actual: Schema, differ: Differs = (a, b) => a !== b): SchemaObject[] {
  return alignSchemas(expected, actual)
    .pairs.filter(([other, object]) =>
      [...deparsed].some((name) => {
        const text = object.attributes[name];
        return typeof text === "string" && differ(other.attributes[name], text);
      }),
    )
    .map(([, object]) => object);
}

const cast =
  /::(character varying|bit varying|double precision|time(stamp)? with(out)? time zone|"[^"]+"|[\w.]+)(\([\d,]+\))?(\[\])?/g;

/** Whether two texts differ in nothing but their casts and parentheses, and so may mean the same. */
const differInCasts: Differs = (a, b) => {
  const bare = (text: string) => text.replace(cast, "").replace(/[()\s]/g, "");
  return a !== b && typeof a === "string" && typeof b === "string" && bare(a) === bare(b);
};

/** SQL that makes an object again from what was read of it; undefined for kinds that are not printed from expressions. */
function creation({ kind, name, attributes }: SchemaObject, rewrite: Rewrite): string | undefined {
  const text = (attribute: string) => {
    const value = attributes[attribute];
    return typeof value === "string" ? rewrite(value) : undefined;
  };
  if (kind === "constraint" && attributes["type"] === "check")
    return `ALTER TABLE ${parentName(name)} ADD CONSTRAINT ${partName(name)} CHECK (${text("expression")})`;
  if (kind === "column" && attributes["generated"] === null)
    return `ALTER TABLE ${parentName(name)} ALTER COLUMN ${partName(name)} SET DEFAULT ${text("default")}`;
  if (kind === "column")
    return `ALTER TABLE ${parentName(name)} DROP COLUMN ${partName(name)}, ADD COLUMN ${partName(name)} ${attributes["type"]} GENERATED ALWAYS AS (${text("expression")}) STORED`;
  if (kind === "index") {
    const predicate = text("predicate");
    return `CREATE INDEX ${partName(name)} ON ${parentName(name)} USING ${attributes["method"]} (${text("columns")})${predicate === undefined ? "" : ` WHERE ${predicate}`}`;
  }
  if (kind === "view")
    return `CREATE ${attributes["materialized"] === true ? "MATERIALIZED VIEW" : "VIEW"} ${sqlName(name)} AS ${text("definition")?.replace(/;\s*$/, "")}`;
  if (kind === "policy") {
    const [using, check] = [text("using"), text("withCheck")];
    return `CREATE POLICY ${partName(name)} ON ${parentName(name)} FOR ${attributes["command"]}${using === undefined ? "" : ` USING (${using})`}${check === undefined ? "" : ` WITH CHECK (${check})`}`;
  }
  return undefined;
}

function columnsOf(schema: Schema, table: string): SchemaObject[] {
  return [...schema.objects.values()].filter(
    ({ kind, name }) => kind === "column" && name.startsWith(`${table}.`),
  );
}

/** The tables that some objects need, themselves or by a column. */
function tablesUnder(schema: Schema, objects: readonly SchemaObject[]): SchemaObject[] {
  const needs = new Set<string>(objects.flatMap((object) => object.needs));
  return [...schema.objects.values()].filter(
    ({ kind, name }) =>
      kind === "table" &&
      (needs.has(`table ${name}`) ||
        columnsOf(schema, name).some((column) => needs.has(`column ${column.name}`))),
  );
}

/** The bare tables that some objects stand on: names and types of columns, nothing else. */
async function makeTables(session: Session, schema: Schema, objects: readonly SchemaObject[]): Promise<void> {
  const tables = tablesUnder(schema, objects);
  const run = (sql: string) => session.run(sql).catch(() => {});
  for (const object of schema.objects.values()) {
    if (object.kind === "schema" && object.name !== "public")
      await run(`CREATE SCHEMA ${sqlName(object.name)}`);
    if (object.kind === "extension")
      await run(`CREATE EXTENSION ${sqlName(object.name)} SCHEMA ${object.attributes["schema"]}`);
    if (object.kind === "type" && typeof object.attributes["values"] === "string")
      await run(`CREATE TYPE ${sqlName(object.name)} AS ENUM (${object.attributes["values"]})`);
  }
  for (const { name } of tables) {
    const columns = columnsOf(schema, name).map(
      (column) => `${partName(column.name)} ${column.attributes["type"]}`,
    );
    await run(`CREATE TABLE ${sqlName(name)} (${columns.join(", ")})`);
  }
}

/** The objects as the shadow prints them, as far as it can make them. */
async function reprint(actual: Schema, objects: readonly SchemaObject[], rewrite: Rewrite): Promise<Schema> {
  return withShadow(async (session) => {
    await makeTables(session, actual, objects);
    for (const object of objects) {
      const sql = creation(object, rewrite);
      // What cannot be made here keeps its own text and is reported as it is.
      if (sql !== undefined) await session.run(sql).catch(() => {});
    }
    return readSchema(session);
  });
}

/** Takes over the expected text of every expression of which `means` says that it means the same. */
function takeOver(
  expected: Schema,
  actual: Schema,
  means: (wanted: SchemaObject, key: ObjectKey, attribute: string) => boolean,
): Schema {
  const objects = [...actual.objects].map(([key, object]) => {
    const wanted = expected.objects.get(key);
    if (wanted === undefined) return object;
    const same = [...deparsed].filter(
      (name) => typeof wanted.attributes[name] === "string" && means(wanted, key, name),
    );
    return same.length === 0
      ? object
      : {
          ...object,
          attributes: {
            ...object.attributes,
            ...Object.fromEntries(same.map((name) => [name, wanted.attributes[name] ?? null])),
          },
        };
  });
  return schemaOf(objects, actual.uncovered, actual.serverVersion);
}

const asItIs: Rewrite = (text) => text;

/** The actual text as the version of the expected one prints it: texts that are then equal meant the same all along. */
async function acrossVersions(expected: Schema, actual: Schema): Promise<Schema> {
  let current = actual;
  for (const rewrite of [asItIs, withSqlSyntax]) {
    const objects = suspects(expected, current);
    if (objects.length === 0) break;
    const printed = await reprint(current, objects, rewrite);
    current = takeOver(
      expected,
      current,
      (wanted, key, name) => printed.objects.get(key)?.attributes[name] === wanted.attributes[name],
    );
  }
  return current;
}

/**
 * Both texts read and printed once more. PostgreSQL prints `x IN ('a', 'b')` for varchar as a cast of an array, reads that
 * as an array of casts, and prints it so from then on: a restored dump says the same in other words.
 */
async function onceMore(expected: Schema, actual: Schema): Promise<Schema> {
  const objects = suspects(expected, actual, differInCasts);
  if (objects.length === 0) return actual;
  const wanted = objects.flatMap((object) => expected.objects.get(keyOf(object.kind, object.name)) ?? []);
  const [left, right] = await Promise.all([
    reprint(expected, wanted, asItIs),
    reprint(actual, objects, asItIs),
  ]);
  return takeOver(expected, actual, (_, key, name) => {
    const text = left.objects.get(key)?.attributes[name];
    return typeof text === "string" && text === right.objects.get(key)?.attributes[name];
  });
}

/**
 * The actual schema with expressions in the words of the expected one, where they mean the same. The shadow is started
 * only where something differs: it reads both texts and prints them in its own way.
 */
export async function redeparse(expected: Schema, actual: Schema): Promise<Schema> {
  const isSameMajor = major(expected.serverVersion) === major(actual.serverVersion);
  return onceMore(expected, isSameMajor ? actual : await acrossVersions(expected, actual));
}
