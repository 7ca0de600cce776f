import type { SchemaObject } from "../schema/model.ts";
import { textLiteral } from "./literals.ts";
import { columnValues, sqlName, storageOptions, textIn, textOf } from "./names.ts";

/** Statements that give an existing object the wanted value; undefined if only a new object can have it. */
export type Change = (wanted: SchemaObject, is: SchemaObject) => readonly string[] | undefined;

/** How an attribute of an existing object changes. */
export type Way =
  /** The object is dropped and created. */
  | "recreate"
  | Change
  /** `before` takes away what would be in the way of the object's other changes. */
  | { readonly before: Change; readonly change: Change };

/** The ways of a kind by attribute, in the order in which the attributes change. */
export type Ways = Readonly<Record<string, Way>>;

/** For attributes that another attribute or object changes. */
export const follows: Change = () => [];

/** The same way for several attributes. */
export function eachOf(attributes: readonly string[], way: Way): Ways {
  return Object.fromEntries(attributes.map((attribute) => [attribute, way]));
}

/** Statements only if the wanted value is set; otherwise a new object is needed. */
export function onlyIfSet(attribute: string, change: (wanted: SchemaObject) => readonly string[]): Change {
  return (wanted) => (textOf(wanted, attribute) === undefined ? undefined : change(wanted));
}

function optionNames(text: string | undefined): string[] {
  return text === undefined ? [] : [...text.matchAll(/(?:^|, )([\w.]+)=/g)].map(([, name = ""]) => name);
}

/** SET and RESET of options such as `fillfactor=70`. */
export function optionsWay(attribute: string, alter: (object: SchemaObject) => string): Change {
  return (wanted, is) => {
    const after = textOf(wanted, attribute);
    const kept = new Set(optionNames(after));
    const dropped = optionNames(textOf(is, attribute)).filter((name) => !kept.has(name));
    return [
      ...(dropped.length === 0 ? [] : [`${alter(wanted)} RESET (${dropped.join(", ")})`]),
      ...(after === undefined ? [] : [`${alter(wanted)} SET (${storageOptions(after)})`]),
    ];
  };
}

/** `name 'value'` items of foreign objects, by name. */
function foreignOptions(text: string | undefined): ReadonlyMap<string, string> {
  const items = text?.matchAll(/(?:^|, )([^ ]+) ('(?:[^']|'')*')/g) ?? [];
  return new Map([...items].map(([, name = "", value = ""]) => [name, value]));
}

/** OPTIONS of foreign tables, servers and the like. */
export function foreignOptionsWay(attribute: string, alter: (object: SchemaObject) => string): Change {
  return (wanted, is) => {
    const [after, before] = [
      foreignOptions(textOf(wanted, attribute)),
      foreignOptions(textOf(is, attribute)),
    ];
    const items = [
      ...[...before.keys()].filter((name) => !after.has(name)).map((name) => `DROP ${name}`),
      ...[...after].map(([name, value]) => `${before.has(name) ? "SET" : "ADD"} ${name} ${value}`),
    ];
    return [`${alter(wanted)} OPTIONS (${items.join(", ")})`];
  };
}

/** One statement for each `name: value` that is new, changed (with its value) or missing (without one). */
export function valuesWay(
  attribute: string,
  statement: (wanted: SchemaObject, name: string, value: string | undefined) => string,
): Change {
  return (wanted, is) => {
    const after = new Map(columnValues(textOf(wanted, attribute)));
    const before = new Map(columnValues(textOf(is, attribute)));
    const dropped = [...before.keys()].filter((name) => !after.has(name));
    const set = [...after].filter(([name, value]) => before.get(name) !== value);
    return [
      ...dropped.map((name) => statement(wanted, name, undefined)),
      ...set.map(([name, value]) => statement(wanted, name, value)),
    ];
  };
}

/** A quoted text of the reader as the text of a comment. */
export function commentValue(value: string | undefined): string {
  return value === undefined ? "NULL" : textLiteral(textIn(value));
}

/** The statement that sets or removes a comment. */
export function commentWay(attribute: string, identity: (object: SchemaObject) => string): Change {
  return (wanted) => {
    const text = textOf(wanted, attribute);
    return [`COMMENT ON ${identity(wanted)} IS ${text === undefined ? "NULL" : textLiteral(text)}`];
  };
}

/** Moves an object to another tablespace; `alter` is ALTER with the object. */
export function tablespaceWay(alter: (object: SchemaObject) => string): Change {
  return (wanted) => [
    `${alter(wanted)} SET TABLESPACE ${sqlName(textOf(wanted, "tablespace") ?? "pg_default")}`,
  ];
}
