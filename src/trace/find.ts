import { SocratesError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { hostOf } from "../schema/hosts.ts";
import { keyOf, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";
import { dotted, partsOfName } from "../schema/names.ts";

/** An object of one database, in document, migrations or catalog. */
export interface Named {
  /** Key of the database. */
  readonly database: string;
  readonly object: SchemaObject;
}

/** The known objects of one database. */
export interface SearchedDatabase {
  readonly database: string;
  /** Name of the database, for example `shop`. */
  readonly name: string;
  readonly schemas: readonly Schema[];
}

/** The parts of a typed name: unquoted parts are folded to lower case, as in SQL. */
function typedParts(text: string): string[] {
  return partsOfName(
    text.replace(/"(?:[^"]|"")*"|[^"]+/g, (run) => (run.startsWith('"') ? run : run.toLowerCase())),
  );
}

/** The parts of an object's name; a function also matches without its argument types. */
function spellings(name: string): string[][] {
  const bare = name.replace(/\(.*$/, "");
  return (bare === name ? [name] : [name, bare]).map(partsOfName);
}

function endsWith(parts: readonly string[], end: readonly string[]): boolean {
  const start = parts.length - end.length;
  return end.length > 0 && start >= 0 && end.every((part, i) => part === parts[start + i]);
}

/** The objects of a database that a name may mean: the end of their full name, with or without the database. */
export function matchesIn({ database, name, schemas }: SearchedDatabase, text: string): Named[] {
  const typed = typedParts(text);
  const [first = "", ...rest] = typed;
  const isPrefixed = first === database || first === name;
  const found = new Map<ObjectKey, SchemaObject>();
  for (const schema of schemas)
    for (const object of schema.objects.values()) {
      const fits = spellings(object.name).some(
        (parts) => endsWith(parts, typed) || (isPrefixed && endsWith(parts, rest)),
      );
      if (fits) found.set(keyOf(object.kind, object.name), object);
    }
  return [...found.values()].map((object) => ({ database, object }));
}

function full({ database, object }: Named): string {
  return `${database}.${object.name}`;
}

function unknown(databases: readonly SearchedDatabase[], text: string): SocratesError {
  const names = new Set<string>();
  for (const { database, schemas } of databases)
    for (const schema of schemas)
      for (const { name } of schema.objects.values()) {
        const parts = partsOfName(name);
        for (let i = 0; i < parts.length; i++) names.add(dotted(...parts.slice(i)));
        names.add(`${database}.${name}`);
      }
  const near = nearest(text, [...names].sort());
  return new SocratesError("usage", `no object named "${text}"`, {
    hint:
      near === undefined
        ? "Name a table, a column as table.column, an index, a constraint, or another object of a database."
        : `Did you mean "${near}"?`,
  });
}

/** How many names an error lists. */
const listed = 12;

/**
 * The only object that a name means. Independent objects win over parts: `users` is the table.
 * @throws SocratesError `usage` for no match, naming the nearest, or several, naming all
 */
export function findObject(databases: readonly SearchedDatabase[], text: string): Named {
  const matches = databases.flatMap((searched) => matchesIn(searched, text));
  const whole = matches.filter(({ object }) => hostOf(object) === undefined);
  const [found, second] = whole.length > 0 ? whole : matches;
  if (found === undefined) throw unknown(databases, text);
  if (second === undefined) return found;
  const names = [...new Set((whole.length > 0 ? whole : matches).map(full))].sort();
  const more = names.length > listed ? `, and ${names.length - listed} more` : "";
  throw new SocratesError("usage", `"${text}" is the name of ${matches.length} objects`, {
    hint: `Name one of them: ${names.slice(0, listed).join(", ")}${more}.`,
  });
}
