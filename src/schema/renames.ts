import type { Whole } from "./containment.ts";
import { keyOf, type SchemaObject } from "./model.ts";
import { partsOfName } from "./names.ts";

/** Kinds that are recognised by their contents: without contents nothing identifies them. */
const hollow: ReadonlySet<string> = new Set(["schema", "table", "publication", "foreign-data wrapper"]);

/** Kinds that PostgreSQL cannot rename, mostly as their name says what they are for. */
const fixed: ReadonlySet<string> = new Set([
  "extension",
  "access method",
  "user mapping",
  "cast",
  "operator",
  "transform",
  "publication table",
  "default privileges",
  "security label",
  "database setting",
  "role setting",
]);

/** Kinds whose names inside a renamed object may also differ; these are then renamed. */
const named: ReadonlySet<string> = new Set(["index", "constraint"]);

/** Replaces an object's name wherever a text contains it; a schema's name only before a dot. */
function renamer(kind: string, from: string, to: string): (text: string) => string {
  const name = from.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const pattern = new RegExp(`(?<![\\w."$])${name}${kind === "schema" ? "(?=\\.)" : '(?![\\w"$])'}`, "g");
  return (text) => text.replace(pattern, () => to);
}

/** An object with its name and attributes as after a rename of another one. */
function rebased(object: SchemaObject, rename: (text: string) => string): SchemaObject {
  const attributes = Object.fromEntries(
    Object.entries(object.attributes).map(([name, value]) => [
      name,
      typeof value === "string" ? rename(value) : value,
    ]),
  );
  return { ...object, name: rename(object.name), attributes };
}

function set(attributes: SchemaObject["attributes"]) {
  return Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function placeOf(name: string): string[] {
  return partsOfName(name).slice(0, -1);
}

/**
 * What two names of one object have in common: kind, place, attributes and all contents; undefined if that proves
 * nothing.
 */
function fingerprint({ root, parts }: Whole): string | undefined {
  if (fixed.has(root.kind) || (hollow.has(root.kind) && parts.length === 0)) return undefined;
  // The options of a sequence are usually the defaults; its owner column identifies it.
  if (root.kind === "sequence" && (root.attributes["ownedBy"] ?? null) === null) return undefined;
  const rename = renamer(root.kind, root.name, "\0");
  const contents = parts
    .map((part) => rebased(part, rename))
    .map(({ kind, name, attributes }) =>
      JSON.stringify([kind, named.has(kind) ? placeOf(name) : name, set(attributes)]),
    );
  const own = rebased(root, rename);
  return JSON.stringify([root.kind, placeOf(root.name), set(own.attributes), contents.sort()]);
}

function grouped(wholes: readonly Whole[]): Map<string, Whole[]> {
  const groups = new Map<string, Whole[]>();
  for (const whole of wholes) {
    const print = fingerprint(whole);
    if (print !== undefined) groups.set(print, [...(groups.get(print) ?? []), whole]);
  }
  return groups;
}

/** Pairs that are one object under two names, as all their contents are equal. */
export function findRenames(missing: readonly Whole[], unexpected: readonly Whole[]): Map<Whole, Whole> {
  const renames = new Map<Whole, Whole>();
  if (missing.length === 0 || unexpected.length === 0) return renames;
  const candidates = grouped(unexpected);
  for (const [print, [whole, second]] of grouped(missing)) {
    const [match, other] = candidates.get(print) ?? [];
    // Two equally good matches prove nothing.
    if (whole !== undefined && match !== undefined && second === undefined && other === undefined)
      renames.set(whole, match);
  }
  return renames;
}

/** The expected contents of a renamed object, under the new name. */
export function movedParts(was: Whole, is: Whole): SchemaObject[] {
  const rename = renamer(was.root.kind, was.root.name, is.root.name);
  const keys = new Map(
    [was.root, ...was.parts].map((object) => [
      keyOf(object.kind, object.name),
      keyOf(object.kind, object === was.root ? is.root.name : rename(object.name)),
    ]),
  );
  return was.parts.map((part) => ({
    ...rebased(part, rename),
    needs: part.needs.map((need) => keys.get(need) ?? need),
  }));
}

/** Whether an object on both sides differs only by the new name of its container. */
export function followsRename(was: Whole, is: Whole, expected: SchemaObject, actual: SchemaObject): boolean {
  const moved = rebased(expected, renamer(was.root.kind, was.root.name, is.root.name));
  return JSON.stringify(set(moved.attributes)) === JSON.stringify(set(actual.attributes));
}
