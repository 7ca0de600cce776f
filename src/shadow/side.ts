import { isServerError } from "../database/server-error.ts";
import { accessOf } from "../repair/access.ts";
import { textLiteral } from "../repair/literals.ts";
import { functionName, nameInSchema, sqlName } from "../repair/names.ts";
import { creationSettings } from "../repair/search-path.ts";
import type { Creation } from "../repair/unit.ts";
import { keyOf, type Schema, type SchemaObject } from "../schema/model.ts";
import { batches } from "./batches.ts";
import type { Shadow } from "./shadow.ts";

/** SQLSTATEs of names that are not found: functions, tables, types and the like, columns. */
const notFound: ReadonlySet<string> = new Set(["42883", "42P01", "42704", "42703"]);

/** All schemas of users, as a list for `search_path`. */
function pathNames(schema: Schema): string {
  const names = [...schema.objects.values()].flatMap(({ kind, name }) => (kind === "schema" ? [name] : []));
  return ["public", ...names.filter((name) => name !== "public").sort()].map(sqlName).join(", ");
}

/**
 * Sets the path under which rows are written and read: the bodies of functions may name others without their schema,
 * and which path the users of the server have is not known.
 */
export function pathOfRows(schema: Schema): string {
  return `SET search_path = ${pathNames(schema)}`;
}

/**
 * Makes the session forget the expressions of indexes, which it has simplified under the path of rows: the session of a
 * script reads them again.
 */
export const forgetExpressions = `UPDATE pg_catalog.pg_class SET relname = relname
  WHERE oid IN (SELECT indexrelid FROM pg_catalog.pg_index WHERE indexprs IS NOT NULL OR indpred IS NOT NULL)`;

/** A statement that failed. */
interface Failure {
  readonly code: string;
  readonly text: string;
}

/** Runs statements in one message, and thus in one transaction. @returns whether they have succeeded, or have no effect */
async function succeedTogether(shadow: Shadow, statements: readonly string[]): Promise<boolean> {
  const error = await shadow.run(statements.join(";\n")).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error !== undefined && !isServerError(error)) throw error;
  return error === undefined;
}

/** Runs statements up to the first that fails. */
async function failureOf(shadow: Shadow, statements: readonly string[]): Promise<Failure | undefined> {
  for (const sql of statements) {
    const error = await shadow.run(sql).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error === undefined) continue;
    if (!isServerError(error)) throw error;
    return { code: error.code, text: `${error.message} in: ${sql}` };
  }
  return undefined;
}

/** The functions, without a path in their settings, that an index or constraint calls. */
function functionsOf({ kind, name }: Creation, schema: Schema): SchemaObject[] {
  const needs = schema.objects.get(keyOf(kind, name))?.needs ?? [];
  const used = needs.flatMap((key) => (key.startsWith("function ") ? (schema.objects.get(key) ?? []) : []));
  return used.filter(({ attributes }) => !/\bsearch_path\b/.test(String(attributes["settings"])));
}

/**
 * Creates one object. From PostgreSQL 17 on, the functions of a new index do not find what their bodies name without a
 * schema, though the index of an older server works on: they get a path until the index exists.
 */
async function create(shadow: Shadow, creation: Creation, schema: Schema): Promise<Failure | undefined> {
  const failure = await failureOf(shadow, creation.create);
  if (failure === undefined || !notFound.has(failure.code)) return failure;
  const functions = ["index", "constraint"].includes(creation.kind) ? functionsOf(creation, schema) : [];
  if (functions.length === 0) return failure;
  const alter = (words: string) =>
    functions.map(({ name }) => `ALTER FUNCTION ${functionName(name)} ${words} search_path`);
  const path = `TO ${pathNames(schema)}`;
  const again = await failureOf(shadow, [
    ...alter("SET").map((sql) => `${sql} ${path}`),
    ...creation.create,
    ...alter("RESET"),
  ]);
  return again === undefined ? undefined : failure;
}

/** The statements that leave indexes in the state of a build that has failed, which no other SQL does. */
function brokenIndexes({ objects }: Schema): string[] {
  const states = ["valid", "ready", "live"];
  return [...objects.values()].flatMap(({ kind, name, attributes }) => {
    const isNot = states.filter((state) => attributes[state] === false);
    if (isNot.length === 0 || (kind !== "index" && kind !== "constraint")) return [];
    const set = isNot.map((state) => `indis${state} = false`).join(", ");
    const index = textLiteral(nameInSchema(name));
    return [`UPDATE pg_catalog.pg_index SET ${set} WHERE indexrelid = ${index}::pg_catalog.regclass`];
  });
}

/**
 * Creates a schema in an empty database, with owners and privileges as far as they were read: in large messages, and
 * one by one what fails in them.
 * @param creations of the schema, in their order
 * @returns why it cannot be created
 */
export async function createSide(
  shadow: Shadow,
  schema: Schema,
  creations: readonly Creation[],
): Promise<string | undefined> {
  const settings = await failureOf(shadow, creationSettings(schema));
  if (settings !== undefined) return settings.text;
  for (const part of batches(creations)) {
    const statements = part.flatMap((creation) => creation.create);
    if (await succeedTogether(shadow, statements)) continue;
    for (const creation of part) {
      const failure = await create(shadow, creation, schema);
      if (failure !== undefined) return failure.text;
    }
  }
  for (const part of batches(accessOf([...schema.objects.values()], schema))) {
    if (await succeedTogether(shadow, part)) continue;
    const failure = await failureOf(shadow, part);
    if (failure !== undefined) return failure.text;
  }
  // Only a superuser may; otherwise, the side reads back differently.
  await failureOf(shadow, brokenIndexes(schema));
  return undefined;
}
