import type { SchemaObject } from "../schema/model.ts";
import { kindSql } from "./kinds.ts";
import { sqlName, textOf } from "./names.ts";
import { columnPrivilegeChanges, identityPrivilegeChanges, privilegeChanges } from "./privilege-changes.ts";
import type { Ways } from "./way.ts";

/** The owner of an object as SQL; undefined where it was not read. */
function ownerName(object: SchemaObject): string | undefined {
  // The owner of the schema public is not set where it is the one of a new database.
  const isUsual = object.kind === "schema" && object.attributes["owner"] === null;
  return isUsual ? "pg_database_owner" : textOf(object, "owner");
}

/** The statement that makes a role the owner of an object; none where the owner was not read. */
export function ownerOf(object: SchemaObject): string[] {
  const owner = ownerName(object);
  if (owner === undefined) return [];
  const identity =
    object.kind === "table" ? `TABLE ${sqlName(object.name)}` : kindSql[object.kind]?.identity(object);
  return [`ALTER ${identity} OWNER TO ${owner}`];
}

/** What changes the attributes of roles: first the owner, which also takes over the privileges of the one before. */
export const accessWays: Ways = {
  owner: ownerOf,
  privileges: privilegeChanges,
  columnPrivileges: columnPrivilegeChanges,
  identityPrivileges: identityPrivilegeChanges,
};

/** Attributes of roles: scripts change those of existing objects only on request. */
export const ofRoles: ReadonlySet<string> = new Set(Object.keys(accessWays));
