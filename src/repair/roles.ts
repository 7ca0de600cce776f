import type { Schema, SchemaObject } from "../schema/model.ts";
import { ownName } from "../schema/names.ts";
import { textOf } from "./names.ts";
import { defaultParts, entriesOf, privilegesByColumn } from "./privileges.ts";

/** Words in place of a role that are not roles. */
const pseudoRoles: ReadonlySet<string> = new Set(["PUBLIC", "CURRENT_USER", ""]);

/** The roles that the SQL of an object names, as SQL. */
export function rolesOf(object: SchemaObject): string[] {
  const { kind, name } = object;
  const own = [textOf(object, "privileges"), textOf(object, "identityPrivileges")];
  const texts = [
    ...own.flatMap((text) => (text === undefined || text === "none" ? [] : [text])),
    ...privilegesByColumn(textOf(object, "columnPrivileges")).map(([, text]) => text),
  ];
  const roles = [
    ...(kind === "policy" ? (textOf(object, "roles") ?? "").split(", ") : []),
    ...(kind === "user mapping" ? [ownName(name)] : []),
    ...(kind === "default privileges" ? [defaultParts(name).role ?? ""] : []),
    ...texts.flatMap(entriesOf).map(({ grantee }) => grantee),
    textOf(object, "owner") ?? "",
  ];
  return roles.filter((role) => !pseudoRoles.has(role));
}

/** The roles that the SQL of a schema names, as SQL. */
export function rolesIn(schema: Schema): string[] {
  return [...new Set([...schema.objects.values()].flatMap(rolesOf))].sort();
}
