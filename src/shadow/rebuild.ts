import type { Session } from "../database/session.ts";
import { hostOf } from "../schema/hosts.ts";
import { keyOf, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";
import { ownName } from "../schema/names.ts";
import { identifier } from "../sql/quote.ts";
import { definitionsOf, type Rewrite, type TableParts } from "./definition.ts";

/** The parts of each table's definition, by the table's name. */
function partsByTable(schema: Schema): ReadonlyMap<string, TableParts> {
  const parts = new Map<string, { columns: SchemaObject[]; keys: SchemaObject[] }>();
  for (const object of schema.objects.values())
    if (object.kind === "table") parts.set(object.name, { columns: [], keys: [] });
  for (const object of schema.objects.values()) {
    const { kind, attributes } = object;
    const isKey = kind === "constraint" && ["primary key", "unique"].includes(String(attributes["type"]));
    if (kind !== "column" && !isKey) continue;
    const known = parts.get(hostOf(object)?.slice("table ".length) ?? "");
    if (kind === "column") known?.columns.push(object);
    else known?.keys.push(object);
  }
  for (const { columns } of parts.values()) columns.sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
  return parts;
}

/** Kinds that are rebuilt only if requested; other objects depend on the rest. */
const onDemand: ReadonlySet<string> = new Set([
  "column",
  "constraint",
  "index",
  "statistics object",
  "trigger",
  "rule",
  "policy",
]);

/** The table of an inherited column, which is not a separate object. */
function inheritedBy(schema: Schema, need: ObjectKey): SchemaObject | undefined {
  const [kind, name = ""] = need.split(/ (.*)/s);
  return kind === "column"
    ? schema.objects.get(keyOf("table", name.slice(0, -ownName(name).length - 1)))
    : undefined;
}

/** The definitions of objects and of all their dependencies, in order of dependency except for cycles. */
function ordered(schema: Schema, wanted: readonly SchemaObject[], rewrite: Rewrite): (readonly string[])[] {
  const parts = partsByTable(schema);
  const isWanted = new Set(wanted.map(({ kind, name }) => keyOf(kind, name)));
  const visited = new Set<ObjectKey>();
  const definitions: (readonly string[])[] = [];
  const visit = (key: ObjectKey, object: SchemaObject) => {
    if (visited.has(key)) return;
    visited.add(key);
    const own = parts.get(object.kind === "table" ? object.name : "");
    const needs = [object, ...(own?.columns ?? []), ...(own?.keys ?? [])].flatMap((one) => one.needs);
    for (const need of needs) {
      const needed = schema.objects.get(need) ?? inheritedBy(schema, need);
      if (needed !== undefined) visit(keyOf(needed.kind, needed.name), needed);
    }
    if (!onDemand.has(object.kind) || isWanted.has(key))
      definitions.push(definitionsOf(object, rewrite, own));
  };
  for (const object of wanted) visit(keyOf(object.kind, object.name), object);
  // An expression depends on the function of a cast; only its text needs the cast.
  for (const [key, object] of schema.objects)
    if (object.kind === "cast" && object.needs.some((need) => visited.has(need))) visit(key, object);
  return definitions;
}

/** Objects of users outside of schemas and extensions, and default privileges: dropping the schemas leaves them. */
const leftOvers = `SELECT 'DROP EVENT TRIGGER ' || quote_ident(evtname) AS sql FROM pg_event_trigger WHERE oid >= 16384
UNION ALL SELECT 'DROP PUBLICATION ' || quote_ident(pubname) FROM pg_publication
UNION ALL SELECT 'DROP FOREIGN DATA WRAPPER ' || quote_ident(fdwname) || ' CASCADE' FROM pg_foreign_data_wrapper WHERE oid >= 16384
UNION ALL SELECT 'DROP TRANSFORM FOR ' || trftype::regtype || ' LANGUAGE ' || quote_ident(lanname) FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang WHERE t.oid >= 16384
UNION ALL SELECT 'DROP LANGUAGE ' || quote_ident(lanname) || ' CASCADE' FROM pg_language WHERE oid >= 16384
UNION ALL SELECT 'DROP ACCESS METHOD ' || quote_ident(amname) || ' CASCADE' FROM pg_am WHERE oid >= 16384
UNION ALL SELECT 'DROP CAST (' || castsource::regtype || ' AS ' || casttarget::regtype || ')' FROM pg_cast WHERE oid >= 16384
UNION ALL SELECT 'SET allow_system_table_mods = on; DELETE FROM pg_default_acl; RESET allow_system_table_mods' WHERE EXISTS (SELECT FROM pg_default_acl)`;

/** Drops everything that a rebuild creates, which is faster than another shadow. */
export async function clear(session: Session): Promise<void> {
  const names = await session.run<{ kind: string; name: string }>(
    `SELECT 'EXTENSION' AS kind, extname AS name FROM pg_extension WHERE extname <> 'plpgsql'
UNION ALL SELECT 'SCHEMA', nspname FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname !~ '^pg_'`,
  );
  const drops = names.map(({ kind, name }) => `DROP ${kind} ${identifier(name)} CASCADE;`);
  await session.run(`${drops.join(" ")} CREATE SCHEMA public`);
  for (const { sql } of await session.run<{ sql: string }>(leftOvers)) await session.run(sql);
}

/**
 * Rebuilds objects from their schema in an empty database, with all their dependencies: types, functions, tables with
 * their keys, views before the views that use them. Objects that cannot be built are left out.
 * @param wanted objects, of `schema` or with the same names
 * @param rewrite how to write expressions
 */
export async function rebuild(
  session: Session,
  schema: Schema,
  wanted: readonly SchemaObject[],
  rewrite: Rewrite,
): Promise<void> {
  const succeeds = (sql: string | undefined) =>
    sql === undefined
      ? false
      : session.run(sql).then(
          () => true,
          () => false,
        );
  // Bodies may refer to later objects.
  await session.run("SET check_function_bodies = off");
  let pending = ordered(schema, wanted, rewrite);
  // Cycles: failures are retried after the others, and only then in the second best form.
  for (let form = 0; pending.some((definitions) => definitions[form] !== undefined); ) {
    const failed: (readonly string[])[] = [];
    for (const definitions of pending) if (!(await succeeds(definitions[form]))) failed.push(definitions);
    form = failed.length < pending.length ? 0 : form + 1;
    pending = failed;
  }
}
