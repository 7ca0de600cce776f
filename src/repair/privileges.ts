import type { Kind, Schema, SchemaObject } from "../schema/model.ts";
import { parentOf } from "../schema/names.ts";
import type { KindSql } from "./kind.ts";
import { columnValue, functionName, hostName, partName, sqlName, textOf, withoutTypes } from "./names.ts";

/** What one role may do: `*` in the reader's text marks the grant option. */
export interface Entry {
  /** As SQL: PUBLIC, the owner as CURRENT_USER, or a role's name. */
  readonly grantee: string;
  readonly plain: readonly string[];
  readonly grantable: readonly string[];
}

/** Reads `PUBLIC: EXECUTE; app: SELECT, UPDATE*`. */
export function entriesOf(text: string): Entry[] {
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
export function grantName(object: SchemaObject): string | undefined {
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

/** The sequence of an identity column with its privileges: a schema has it only as a part of the column. */
export function identitySequenceOf(column: SchemaObject): SchemaObject | undefined {
  const name = textOf(column, "identitySequence");
  const { identityPrivileges: privileges = null } = column.attributes;
  return name === undefined ? undefined : { kind: "sequence", name, attributes: { privileges }, needs: [] };
}

/** Whether PUBLIC has privileges on a new object (manual, table 5.2); of schemas, on `public` up to PostgreSQL 14. */
function isPublic({ kind, name }: SchemaObject): boolean {
  return (
    ["function", "aggregate", "type", "language"].includes(kind) || (kind === "schema" && name === "public")
  );
}

/** What PUBLIC has on a new function, aggregate, type or language. */
const usual: ReadonlySet<string> = new Set(["PUBLIC: EXECUTE", "PUBLIC: USAGE"]);

/** The privileges of a new object are taken from the roles that do not have them, also if default privileges gave them. */
function objectGrants(object: SchemaObject, given: readonly string[]): string[] {
  const [text, name] = [textOf(object, "privileges"), grantName(object)];
  // Those of schemas are missing if they were never changed, those of other objects if only the owner has them.
  const isTaken = isPublic(object) && object.kind !== "schema" && object.attributes["privileges"] === null;
  if (name === undefined || (text === undefined && !isTaken && given.length === 0)) return [];
  const isUsual = isPublic(object) && object.kind !== "schema" && text !== undefined && usual.has(text);
  if (isUsual && given.length === 0) return [];
  const entries = text === undefined ? [] : entriesOf(text);
  const isChanged = entries.some(({ grantee }) => grantee === "CURRENT_USER");
  const roles = [...(isPublic(object) ? ["PUBLIC"] : []), ...given, ...(isChanged ? ["CURRENT_USER"] : [])];
  const from = [...new Set(roles)];
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
export function privilegesByColumn(
  text: string | undefined,
): (readonly [column: string, privileges: string])[] {
  if (text === undefined) return [];
  return text.split(/, (?=(?:"(?:[^"]|"")+"|[a-z_][a-z0-9_]*): )/).flatMap(columnValue);
}

/**
 * The statements that give the objects of a schema, which was read with privileges, the ones that they have.
 * @param present where they are created: its default privileges are taken away
 */
export function grantsOf(schema: Schema, present?: Schema): string[] {
  const objects = [...schema.objects.values()];
  const given = new DefaultGrants(present);
  return [
    ...[...objects, ...objects.flatMap((object) => identitySequenceOf(object) ?? [])].flatMap((object) =>
      objectGrants(object, given.rolesOf(object)),
    ),
    // REVOKE on a table also takes the privileges of its columns.
    ...objects.flatMap(columnGrants),
  ];
}

/** A schema as read without privileges. */
export function withoutPrivileges(object: SchemaObject): SchemaObject {
  if (object.kind === "default privileges") return object;
  const { privileges: _, columnPrivileges: __, identityPrivileges: ___, ...attributes } = object.attributes;
  return { ...object, attributes };
}

/** The parts of the name of default privileges: `shop.tables for app`. */
export function defaultParts(name: string) {
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

/** Privileges without MAINTAIN, which servers before PostgreSQL 17 do not have; null if none are left. */
export function withoutMaintain(text: string): string | null {
  const entries = text.split("; ").flatMap((entry) => {
    const at = entry.lastIndexOf(": ") + 2;
    const list = entry.slice(at).split(", ");
    const kept = list.filter((privilege) => !/^MAINTAIN\*?$/.test(privilege));
    return kept.length === 0 ? [] : [entry.slice(0, at) + kept.join(", ")];
  });
  return entries.length === 0 ? null : entries.join("; ");
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
    const isUsual = (grantee: string) => isOfAll && kind in ofPublic && grantee === "PUBLIC";
    const given = entries.map(({ grantee }) => grantee).filter((grantee) => !isUsual(grantee));
    const isTaken = isOfAll && kind in ofPublic && given.length === entries.length;
    return [
      ...given.map((grantee) => `${head} REVOKE ALL ON ${kind} FROM ${grantee}`),
      ...(isTaken ? [`${head} GRANT ${ofPublic[kind]} ON ${kind} TO PUBLIC`] : []),
    ].join(";\n\n");
  },
};

const defaultKinds: Readonly<Partial<Record<Kind, string>>> = {
  schema: "schemas",
  table: "tables",
  view: "tables",
  sequence: "sequences",
  type: "types",
  function: "functions",
  aggregate: "functions",
};

/** What default privileges give to new objects. */
class DefaultGrants {
  private readonly all: readonly SchemaObject[];

  constructor(schema: Schema | undefined) {
    const objects = [...(schema?.objects.values() ?? [])];
    this.all = objects.filter(({ kind }) => kind === "default privileges");
  }

  /** The roles, of which PUBLIC may also lose what it usually has; none without default privileges for the object. */
  rolesOf({ kind, name }: SchemaObject): string[] {
    const place = parentOf(withoutTypes(name));
    const found = this.all.filter((object) => {
      const { schema, kind: plural } = defaultParts(object.name);
      return plural === defaultKinds[kind] && (schema === undefined || schema === place);
    });
    const entries = found.flatMap(({ attributes }) =>
      attributes["privileges"] === "none" ? [] : entriesOf(String(attributes["privileges"])),
    );
    return found.length === 0 ? [] : ["PUBLIC", ...entries.map(({ grantee }) => grantee)];
  }
}
