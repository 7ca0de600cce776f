import { keyOf, type Schema, type SchemaObject } from "../schema/model.ts";
import { dotted, parentOf, partsOfName } from "../schema/names.ts";
import { nameInSchema, sqlName, textOf } from "./names.ts";

/** The longest name, in bytes: NAMEDATALEN minus one (manual, section 4.1.1). */
export const longestName = 63;

/** The names that an object takes from others: relations and types have one namespace, constraints of a table another. */
export function namesOf(object: SchemaObject): string[] {
  const { kind, name } = object;
  switch (kind) {
    case "table":
    case "view":
    case "sequence":
    case "type":
      return [`relation ${sqlName(name)}`];
    case "index":
      return [`relation ${nameInSchema(name)}`];
    case "constraint": {
      const isOfIndex = !["check", "foreign key"].includes(textOf(object, "type") ?? "");
      return [`constraint ${name}`, ...(isOfIndex ? [`relation ${nameInSchema(name)}`] : [])];
    }
    case "column": {
      const sequence = textOf(object, "identitySequence");
      return sequence === undefined ? [] : [`relation ${sqlName(sequence)}`];
    }
    case "function":
    case "aggregate":
      return [`function ${name}`];
    default:
      return [];
  }
}

/** All names that the objects of a schema take. */
export function takenNames({ objects }: Schema): ReadonlySet<string> {
  return new Set([...objects.values()].flatMap(namesOf));
}

/** A name with an ending, as short as PostgreSQL keeps it, that is not taken; `own` is without quotes. */
export function freeName(own: string, ending: string, isTaken: (name: string) => boolean): string {
  for (let i = 0; ; i++) {
    const end = `${ending}${i === 0 ? "" : i}`;
    let start = own;
    while (Buffer.byteLength(start + end) > longestName) start = start.slice(0, -1);
    if (!isTaken(start + end)) return start + end;
  }
}

/** The name of a type that waits to be dropped, with its schema; no object of the schemas has it. */
export function waitingName(type: SchemaObject, schemas: readonly Schema[]): string {
  const [schema = "", own = ""] = partsOfName(type.name);
  const isTaken = (name: string) =>
    schemas.some(({ objects }) =>
      (["type", "table"] as const).some((kind) => objects.has(keyOf(kind, dotted(schema, name)))),
    );
  return dotted(schema, freeName(own, "_replaced", isTaken));
}

/** The name of an index that another index or constraint takes over, within its table. */
export function waitingIndexName(part: SchemaObject, taken: readonly ReadonlySet<string>[]): string {
  const [schema = ""] = partsOfName(part.name);
  const isTaken = (name: string) =>
    taken.some((names) => names.has(`relation ${nameInSchema(dotted(schema, name))}`));
  const own = partsOfName(part.name).at(-1) ?? "";
  return `${parentOf(part.name)}.${dotted(freeName(own, "_new", isTaken))}`;
}
