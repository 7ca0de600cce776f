import type { SchemaObject } from "../schema/model.ts";
import { hostName, partName, sqlName, textOf } from "./names.ts";
import { type Entry, entriesOf, grantName, identitySequenceOf, privilegesByColumn } from "./privileges.ts";

/** What roles may do, by role. */
type Entries = ReadonlyMap<string, Entry>;

/** Privileges in a statement, and what they are on: `SELECT ON TABLE public.jar`. */
type On = (privileges: readonly string[]) => string;

const none: Entry = { grantee: "", plain: [], grantable: [] };

function entries(text: string | undefined, owner: string): Entries {
  const list = text === undefined ? [] : entriesOf(text);
  return new Map(
    list.map((entry) => {
      const grantee = entry.grantee === "CURRENT_USER" ? owner : entry.grantee;
      return [grantee, { ...entry, grantee }];
    }),
  );
}

function allOf({ plain, grantable }: Entry): string[] {
  return [...plain, ...grantable].sort();
}

function without(list: readonly string[], others: readonly string[]): string[] {
  return list.filter((one) => !others.includes(one));
}

/**
 * The statements that change what one role may do.
 * @param isAgain whether what it keeps is granted again, as another statement may have revoked it
 */
function changesOfRole(role: string, before: Entry, after: Entry, on: On, isAgain = false): string[] {
  const statement = (words: string, list: readonly string[], end: string) =>
    list.length === 0 ? [] : [`${words} ${on(list)} ${end}`];
  const held = before.grantable.filter((one) => after.plain.includes(one));
  const known = isAgain ? none : before;
  return [
    ...statement("REVOKE", without(allOf(before), allOf(after)), `FROM ${role}`),
    ...statement("REVOKE GRANT OPTION FOR", held, `FROM ${role}`),
    ...statement("GRANT", without(after.plain, allOf(known)), `TO ${role}`),
    ...statement("GRANT", without(after.grantable, known.grantable), `TO ${role} WITH GRANT OPTION`),
  ];
}

function changesOfRoles(before: Entries, after: Entries, on: On, isAgain = false): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .flatMap((role) => changesOfRole(role, before.get(role) ?? none, after.get(role) ?? none, on, isAgain));
}

/** Its owner has all privileges of an object unless they are listed. */
function changesOfOwner(owner: string, before: Entry | undefined, after: Entry | undefined, on: On) {
  if (after === undefined) return before === undefined ? [] : [`GRANT ${on(["ALL"])} TO ${owner}`];
  if (before !== undefined) return changesOfRole(owner, before, after, on);
  return [`REVOKE ${on(["ALL"])} FROM ${owner}`, ...changesOfRole(owner, none, after, on)];
}

/** The role that owns an object once its owner has changed. */
function ownerOf(wanted: SchemaObject, is: SchemaObject): string {
  return textOf(wanted, "owner") ?? textOf(is, "owner") ?? "CURRENT_USER";
}

/** Those of the schema public are not set where they are as in a new database. */
function privilegesText(object: SchemaObject): string | undefined {
  const text = textOf(object, "privileges");
  return object.kind === "schema" && object.name === "public" ? (text ?? "PUBLIC: USAGE") : text;
}

function changesOfColumn(
  before: string | undefined,
  after: string | undefined,
  column: string,
  table: string,
) {
  const on: On = (list) => `${list.map((one) => `${one} (${column})`).join(", ")} ON TABLE ${table}`;
  return changesOfRoles(entries(before, "CURRENT_USER"), entries(after, "CURRENT_USER"), on, true);
}

/** The statements that give the columns of an existing view the wanted privileges. */
export function columnPrivilegeChanges(wanted: SchemaObject, is: SchemaObject): string[] {
  const [before, after] = [is, wanted].map(
    (view) => new Map(privilegesByColumn(textOf(view, "columnPrivileges"))),
  );
  const columns = new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])]);
  return [...columns].flatMap((column) =>
    changesOfColumn(before?.get(column), after?.get(column), column, sqlName(wanted.name)),
  );
}

/** The statements that give an existing object, whose owner is the wanted one, the wanted privileges. */
export function privilegeChanges(wanted: SchemaObject, is: SchemaObject): string[] {
  if (wanted.kind === "column") {
    const [before, after] = [textOf(is, "privileges"), textOf(wanted, "privileges")];
    return changesOfColumn(before, after, partName(wanted.name), hostName(wanted.name));
  }
  const name = grantName(wanted);
  if (name === undefined) return [];
  const owner = ownerOf(wanted, is);
  const on: On = (list) => `${list.join(", ")} ON ${name}`;
  const before = entries(privilegesText(is), owner);
  const after = entries(privilegesText(wanted), owner);
  const others = (all: Entries) => new Map([...all].filter(([role]) => role !== owner));
  return [
    ...changesOfOwner(owner, before.get(owner), after.get(owner), on),
    ...changesOfRoles(others(before), others(after), on),
    // REVOKE on a view also takes the privileges of its columns.
    ...(wanted.kind === "view" ? columnPrivilegeChanges(wanted, is) : []),
  ];
}

/** The statements that give the existing or new sequence of an identity column the wanted privileges. */
export function identityPrivilegeChanges(wanted: SchemaObject, is: SchemaObject): string[] {
  const sequence = identitySequenceOf(wanted);
  if (sequence === undefined) return [];
  const before = identitySequenceOf(is);
  // Its owner is that of the table.
  return privilegeChanges(sequence, { ...sequence, attributes: before?.attributes ?? {} });
}
