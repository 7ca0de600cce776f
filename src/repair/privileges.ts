import type { Schema, SchemaObject } from "../schema/model.ts";
import type { KindSql } from "./kind.ts";
import { columnValue, functionName, hostName, partName, sqlName, textOf } from "./names.ts";

/** What one role may do: `*` in the reader's text marks the grant option. */
interface Entry {
  /** As SQL: PUBLIC, the owner as CURRENT_USER, or a role's name. */
  readonly grantee: string;
  readonly plain: readonly string[];
  readonly grantable: readonly string[];
}

/** Reads `PUBLIC: EXECUTE; app: SELECT, UPDATE*`. */
function entriesOf(text: string): Entry[] {
  return text.split("; ").map((entry) => {
    const at = entry.lastIndexOf(": ");
    const grantee = entry.slice(0, at);
    const list = entry.slice(at + 2).split(", ");
    return {
      grantee: grantee === "owner" ? "CURRENT_USER" : grantee,
      plain: list.filter((privilege) => !privilege.endsWith("*") && privilege !== "nothing"),
      grantable: list.filter((privilege) => privilege.endsWith("*")).map((text) => text.slice(0, -1)),
    };
  });
}

function grants(entry: Entry, privilegesSql: (list: readonly string[]) => string): string[] {
  const { grantee, plain, grantable } = entry;
  return [
    ...(plain.length === 0 ? [] : [`GRANT ${privilegesSql(plain)} TO ${grantee}`]),
    ...(grantable.length === 0 ? [] : [`GRANT ${privilegesSql(grantable)} TO ${grantee} WITH GRANT OPTION`]),
  ];
}

/** What GRANT and REVOKE call an object; undefined for kinds without privileges. */
function grantName(object: SchemaObject): string | undefined {
  const { kind, name, attributes } = object;
  switch (kind) {
    case "table":
    case "view":
      return `TABLE ${sqlName(name)}`;
    case "sequence":
      return `SEQUENCE ${sqlName(name)}`;
    case "schema":
      return `SCHEMA ${sqlName(name)}`;
    case "type":
      return `TYPE ${sqlName(name)}`;
    case "function":
      return `${attributes["type"] === "procedure" ? "PROCEDURE" : "FUNCTION"} ${functionName(name)}`;
    case "aggregate":
      return `FUNCTION ${functionName(name)}`;
    case "language":
      // Those of other languages cannot be granted.
      return attributes["trusted"] === true ? `LANGUAGE ${sqlName(name)}` : undefined;
    case "foreign-data wrapper":
      return `FOREIGN DATA WRAPPER ${sqlName(name)}`;
    case "server":
      return `FOREIGN SERVER ${sqlName(name)}`;
    default:
      return undefined;
  }
}

/** Whether PUBLIC has privileges on a new object (manual, table 5.2); of schemas, on `public` up to PostgreSQL 14. */
function isPublic({ kind, name }: SchemaObject): boolean {
  return (
    ["function", "aggregate", "type", "language"].includes(kind) || (kind === "schema" && name === "public")
  );
}

/** What PUBLIC has on a new function, aggregate, type or language. */
const usual: ReadonlySet<string> = new Set(["PUBLIC: EXECUTE", "PUBLIC: USAGE"]);

/** The privileges of a new object are taken from the roles that do not have them. */
function objectGrants(object: SchemaObject): string[] {
  const [text, name] = [textOf(object, "privileges"), grantName(object)];
  // Those of schemas are missing if they were never changed, those of other objects if only the owner has them.
  const isTaken = isPublic(object) && object.kind !== "schema" && object.attributes["privileges"] === null;
  if (name === undefined || (text === undefined && !isTaken)) return [];
  if (text !== undefined && isPublic(object) && object.kind !== "schema" && usual.has(text)) return [];
  const entries = text === undefined ? [] : entriesOf(text);
  const isChanged = entries.some(({ grantee }) => grantee === "CURRENT_USER");
  const from = [...(isPublic(object) ? ["PUBLIC"] : []), ...(isChanged ? ["CURRENT_USER"] : [])];
  return [
    ...(from.length === 0 ? [] : [`REVOKE ALL ON ${name} FROM ${from.join(", ")}`]),
    ...entries.flatMap((entry) => grants(entry, (list) => `${list.join(", ")} ON ${name}`)),
  ];
}

function ofColumn(text: string, column: string, table: string): string[] {
  const one = (list: readonly string[]) => list.map((privilege) => `${privilege} (${column})`).join(", ");
  return entriesOf(text).flatMap((entry) => grants(entry, (list) => `${one(list)} ON ${table}`));
}

function columnGrants(object: SchemaObject): string[] {
  const { kind, name } = object;
  const text = textOf(object, "privileges");
  if (kind === "column") return text === undefined ? [] : ofColumn(text, partName(name), hostName(name));
  if (kind !== "view") return [];
  return privilegesByColumn(textOf(object, "columnPrivileges")).flatMap(([column, own]) =>
    ofColumn(own, column, sqlName(name)),
  );
}

/** The privileges on the columns of a view: `id: app: SELECT, UPDATE, name: PUBLIC: SELECT`. */
function privilegesByColumn(text: string | undefined): (readonly [column: string, privileges: string])[] {
  if (text === undefined) return [];
  return text.split(/, (?=(?:"(?:[^"]|"")+"|[a-z_][a-z0-9_]*): )/).flatMap(columnValue);
}

/** The statements that give the objects of a schema, which was read with privileges, the ones that they have. */
export function grantsOf(schema: Schema): string[] {
  const objects = [...schema.objects.values()];
  // REVOKE on a table also takes the privileges of its columns.
  return [...objects.flatMap(objectGrants), ...objects.flatMap(columnGrants)];
}

/** A schema as read without privileges. */
export function withoutPrivileges(object: SchemaObject): SchemaObject {
  if (object.kind === "default privileges") return object;
  const { privileges: _, columnPrivileges: __, ...attributes } = object.attributes;
  return { ...object, attributes };
}

/** The parts of the name of default privileges: `shop.tables for app`. */
function defaultParts(name: string) {
  const [, schema, kind = "", role] =
    /^(?:("(?:[^"]|"")+"|[^."]+)\.)?([a-z ]+?)(?: for (.+))?$/.exec(name) ?? [];
  return { schema, kind, role };
}

function alterDefault(name: string): {
  readonly head: string;
  readonly kind: string;
  readonly isOfAll: boolean;
} {
  const { schema, kind, role } = defaultParts(name);
  const head = [
    "ALTER DEFAULT PRIVILEGES",
    role === undefined ? "" : ` FOR ROLE ${role}`,
    schema === undefined ? "" : ` IN SCHEMA ${sqlName(schema)}`,
  ].join("");
  return { head, kind: kind.toUpperCase(), isOfAll: schema === undefined };
}

/** What PUBLIC has by default, for the kinds of objects of which it has something. */
const ofPublic: Readonly<Record<string, string>> = { FUNCTIONS: "EXECUTE", TYPES: "USAGE" };

/** Default privileges: those of all schemas replace the built-in ones, those of one schema add to them. */
export const defaultPrivileges: KindSql = {
  identity: ({ name }) => `DEFAULT PRIVILEGES ${name}`,
  create: ({ name, attributes }) => {
    const text = String(attributes["privileges"]);
    const entries = text === "none" ? [] : entriesOf(text);
    const { head, kind, isOfAll } = alterDefault(name);
    // The owner's own default privileges, once changed, name a role that differs between servers.
    if (entries.some(({ grantee }) => grantee === "CURRENT_USER")) return [];
    const isTaken = isOfAll && kind in ofPublic && !entries.some(({ grantee }) => grantee === "PUBLIC");
    return [
      ...(isTaken ? [`${head} REVOKE ALL ON ${kind} FROM PUBLIC`] : []),
      ...entries.flatMap((entry) =>
        grants(entry, (list) => `${list.join(", ")} ON ${kind}`).map((grant) => `${head} ${grant}`),
      ),
    ];
  },
  drop: ({ name, attributes }) => {
    const text = String(attributes["privileges"]);
    const { head, kind, isOfAll } = alterDefault(name);
    const entries = text === "none" ? [] : entriesOf(text);
    const given = entries.map(({ grantee }) => grantee).filter((grantee) => !isOfAll || grantee !== "PUBLIC");
    const isTaken = isOfAll && kind in ofPublic && given.length === entries.length;
    return [
      ...given.map((grantee) => `${head} REVOKE ALL ON ${kind} FROM ${grantee}`),
      ...(isTaken ? [`${head} GRANT ${ofPublic[kind]} ON ${kind} TO PUBLIC`] : []),
    ].join(";\n\n");
  },
};

/** The roles that the SQL of a schema names, as SQL. */
export function rolesIn(schema: Schema): string[] {
  const roles = new Set<string>();
  for (const object of schema.objects.values()) {
    const privileges = textOf(object, "privileges");
    const listed = object.kind === "policy" ? (textOf(object, "roles") ?? "").split(", ") : [];
    const ofColumns = privilegesByColumn(textOf(object, "columnPrivileges")).map(([, text]) => text);
    const texts = privileges === undefined || privileges === "none" ? ofColumns : [privileges, ...ofColumns];
    for (const role of [...listed, ...texts.flatMap(entriesOf).map(({ grantee }) => grantee)])
      roles.add(role);
    if (object.kind === "default privileges") roles.add(defaultParts(object.name).role ?? "PUBLIC");
  }
  for (const none of ["PUBLIC", "CURRENT_USER", ""]) roles.delete(none);
  return [...roles].sort();
}
