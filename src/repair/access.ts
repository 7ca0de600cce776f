import { type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import { ofRoles, ownerOf } from "./access-ways.ts";
import { keyOfObject } from "./dependencies.ts";
import { textOf } from "./names.ts";
import { grantsOf, identitySequenceOf, withoutMaintain } from "./privileges.ts";

/** What of roles a script changes. */
export interface AskedAccess {
  /** Whether existing objects get the wanted privileges. */
  readonly privileges?: boolean;
  /** Whether existing objects get the wanted owners. */
  readonly owners?: boolean;
}

/**
 * The statements that give new objects their privileges and owners, where these were read.
 * @param present where they are created: its default privileges are taken away
 */
export function accessOf(
  objects: readonly SchemaObject[],
  { serverVersion }: Schema,
  present?: Schema,
): string[] {
  const readable = objects.filter(({ attributes }) => "privileges" in attributes);
  return [...grantsOf(schemaOf(readable, [], serverVersion), present), ...objects.flatMap(ownerOf)];
}

/** An object that is created again, with the owner and privileges that it had unless others are wanted. */
export function withAccess(wanted: SchemaObject, is: SchemaObject | undefined): SchemaObject {
  if (is === undefined) return wanted;
  const isIdentity = [is, wanted].every((object) => textOf(object, "identity") !== undefined);
  const isRead = (name: string) => name in is.attributes && (name !== "identityPrivileges" || isIdentity);
  const known = [...ofRoles].filter((name) => isRead(name) && !(name in wanted.attributes));
  const kept = Object.fromEntries(known.map((name) => [name, is.attributes[name] ?? null]));
  return { ...wanted, attributes: { ...wanted.attributes, ...kept } };
}

/**
 * The statements that give the sequence from which a column takes its numbers the privileges of the one before, where a
 * column turns from serial to identity or back and no others are wanted.
 */
export function carryAccess(wanted: SchemaObject, is: SchemaObject, from: Schema, to: Schema): string[] {
  const [wasIdentity, isIdentity] = [is, wanted].map((column) => textOf(column, "identity") !== undefined);
  if (wasIdentity === isIdentity || "identityPrivileges" in wanted.attributes) return [];
  const [before, after] = [numberSource(is, from), numberSource(wanted, to)];
  if (before === undefined || after === undefined) return [];
  const isKept = !isIdentity && from.objects.has(keyOfObject(after));
  const { privileges } = before.attributes;
  return isKept || privileges === undefined
    ? []
    : accessOf([{ ...after, attributes: { privileges } }], to, from);
}

/** The sequence of a serial or identity column. */
function numberSource(column: SchemaObject, { objects }: Schema): SchemaObject | undefined {
  if (textOf(column, "identity") !== undefined) return identitySequenceOf(column);
  return [...objects.values()].find(
    ({ kind, attributes }) => kind === "sequence" && attributes["ownedBy"] === column.name,
  );
}

/** An object without the attributes of roles that a script does not change. */
export function withAsked(
  object: SchemaObject,
  { privileges = false, owners = false }: AskedAccess,
): SchemaObject {
  // Default privileges are what they give to roles.
  if (object.kind === "default privileges") return object;
  const isAsked = (name: string) => !ofRoles.has(name) || (name === "owner" ? owners : privileges);
  const attributes = Object.entries(object.attributes).filter(([name]) => isAsked(name));
  return { ...object, attributes: Object.fromEntries(attributes) };
}

/** An object without what the roles of an older server cannot have. */
export function forServer(object: SchemaObject, serverVersion: number): SchemaObject {
  const text = serverVersion < 170_000 ? textOf(object, "privileges") : undefined;
  const { owner, ...others } = object.attributes;
  // Before PostgreSQL 15, the schema public belongs to the bootstrap superuser.
  const isOlderPublic = serverVersion < 150_000 && object.kind === "schema" && object.name === "public";
  const attributes = isOlderPublic || owner === undefined ? others : object.attributes;
  return text === undefined
    ? { ...object, attributes }
    : { ...object, attributes: { ...attributes, privileges: withoutMaintain(text) } };
}

/** An object without privileges that only look different: those of the schema public where its owner is not the first one. */
export function withUsual(object: SchemaObject): SchemaObject {
  const isUsual =
    object.kind === "schema" && object.name === "public" && textOf(object, "privileges") === "PUBLIC: USAGE";
  return isUsual ? { ...object, attributes: { ...object.attributes, privileges: null } } : object;
}
