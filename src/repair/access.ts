import { type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import { kindSql } from "./kinds.ts";
import { sqlName, textOf } from "./names.ts";
import { grantsOf } from "./privileges.ts";
import { ofRoles } from "./ways.ts";

/** The statement that makes a role the owner of an object; none where the owner was not read. */
export function ownerOf(object: SchemaObject): string[] {
  const owner = textOf(object, "owner");
  if (owner === undefined) return [];
  const identity =
    object.kind === "table" ? `TABLE ${sqlName(object.name)}` : kindSql[object.kind]?.identity(object);
  return [`ALTER ${identity} OWNER TO ${owner}`];
}

/** The statements that give new objects their privileges and owners, where these were read. */
export function accessOf(objects: readonly SchemaObject[], { serverVersion }: Schema): string[] {
  const readable = objects.filter(({ attributes }) => "privileges" in attributes);
  return [...grantsOf(schemaOf(readable, [], serverVersion)), ...objects.flatMap(ownerOf)];
}

/** An object that is created again, with the owner and privileges that it had unless others are wanted. */
export function withAccess(wanted: SchemaObject, is: SchemaObject | undefined): SchemaObject {
  if (is === undefined) return wanted;
  const known = [...ofRoles].filter((name) => name in is.attributes && !(name in wanted.attributes));
  const kept = Object.fromEntries(known.map((name) => [name, is.attributes[name] ?? null]));
  return { ...wanted, attributes: { ...wanted.attributes, ...kept } };
}
