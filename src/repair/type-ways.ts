import type { SchemaObject } from "../schema/model.ts";
import { itemsOf } from "../sql/parentheses.ts";
import { clause, columnValues, sqlName, textOf } from "./names.ts";
import { type Change, commentValue, commentWay, eachOf, valuesWay, type Ways } from "./way.ts";

function list(object: SchemaObject, attribute: string): readonly string[] {
  const text = textOf(object, attribute);
  return text === undefined ? [] : itemsOf(text);
}

/** Adds labels where the old ones keep their order. */
const values: Change = (wanted, is) => {
  const [after, before] = [list(wanted, "values"), list(is, "values")];
  const kept = after.filter((value) => before.includes(value));
  if (kept.join() !== before.join()) return undefined;
  const first = before[0];
  return after.flatMap((value, i) => {
    if (before.includes(value)) return [];
    const place = i > 0 ? `AFTER ${after[i - 1]}` : `BEFORE ${first}`;
    return [`ALTER TYPE ${sqlName(wanted.name)} ADD VALUE ${value} ${place}`];
  });
};

/** A name and what follows it: `positive_check CHECK (VALUE > 0)`, `street text`. */
function named(items: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    items.map((item) => {
      const [, name = item, rest = ""] = /^("(?:[^"]|"")+"|[^ ]+) (.*)$/s.exec(item) ?? [];
      return [name, rest] as const;
    }),
  );
}

/** Constraints of a domain; a changed one is dropped first, as its name is taken. */
const checks: Change = (wanted, is) => {
  const [after, before] = [named(list(wanted, "checks")), named(list(is, "checks"))];
  const alter = `ALTER DOMAIN ${sqlName(wanted.name)}`;
  return [
    ...[...before]
      .filter(([name, check]) => after.get(name) !== check)
      .map(([name]) => `${alter} DROP CONSTRAINT ${name}`),
    ...[...after]
      .filter(([name, check]) => before.get(name) !== check)
      .map(([name, check]) => `${alter} ADD CONSTRAINT ${name} ${check}`),
  ];
};

/** Fields of a composite type; new ones come last, so that others keep their order. */
const fields: Change = (wanted, is) => {
  const [after, before] = [named(list(wanted, "fields")), named(list(is, "fields"))];
  const kept = [...before.keys()].filter((name) => after.has(name));
  const order = [...kept, ...[...after.keys()].filter((name) => !before.has(name))];
  if (order.join() !== [...after.keys()].join()) return undefined;
  const alter = `ALTER TYPE ${sqlName(wanted.name)}`;
  return [
    ...[...before.keys()].filter((name) => !after.has(name)).map((name) => `${alter} DROP ATTRIBUTE ${name}`),
    ...[...after].flatMap(([name, type]) => {
      if (!before.has(name)) return [`${alter} ADD ATTRIBUTE ${name} ${type}`];
      return before.get(name) === type ? [] : [`${alter} ALTER ATTRIBUTE ${name} TYPE ${type}`];
    }),
  ];
};

/** A domain without what may use functions. */
export function looseDomain(domain: SchemaObject): SchemaObject {
  return { ...domain, attributes: { ...domain.attributes, checks: null, default: null } };
}

/** The statements that take its checks and its default from a domain. */
export function loosenDomain(domain: SchemaObject): string[] {
  const loose = looseDomain(domain);
  return [
    ...(textOf(domain, "checks") === undefined ? [] : (checks(loose, domain) ?? [])),
    ...(textOf(domain, "default") === undefined ? [] : [`${alterDomain(domain)} DROP DEFAULT`]),
  ];
}

/** A field of a composite type that is kept with another type. */
export interface RetypedField {
  /** In quotes where it needs them. */
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** The fields of a composite type that are kept with another type. */
export function retypedFields(wanted: SchemaObject, is: SchemaObject): readonly RetypedField[] {
  const old = named(list(is, "fields"));
  return [...named(list(wanted, "fields"))].flatMap(([name, after]) => {
    const before = old.get(name);
    return before === undefined || before === after ? [] : [{ name, before, after }];
  });
}

function alterDomain({ name }: SchemaObject): string {
  return `ALTER DOMAIN ${sqlName(name)}`;
}

/** Comments on the checks that both domains have alike; those of new ones are written with them. */
const checkComments: Change = (wanted, is) => {
  const checksOf = named(list(wanted, "checks"));
  const statements = valuesWay("checkComments", ({ name }, check, value) =>
    checksOf.has(check)
      ? `COMMENT ON CONSTRAINT ${check} ON DOMAIN ${sqlName(name)} IS ${commentValue(value)}`
      : "",
  )(wanted, is);
  return statements?.filter((statement) => statement !== "");
};

/** What changes each attribute of a type; a new one takes the place of the old one in all columns. */
export const typeWays: Ways = {
  ...eachOf(
    ["type", "baseType", "collation", "subtype", "operatorClass", "canonical", "subtypeDiff", "multirange"],
    "recreate",
  ),
  values,
  default: (wanted) => {
    const text = textOf(wanted, "default");
    return [`${alterDomain(wanted)} ${text === undefined ? "DROP DEFAULT" : `SET DEFAULT ${text}`}`];
  },
  notNull: (wanted) => [
    `${alterDomain(wanted)} ${wanted.attributes["notNull"] === true ? "SET" : "DROP"} NOT NULL`,
  ],
  checks: (wanted, is) => [...(checks(wanted, is) ?? []), ...changedCheckComments(wanted, is)],
  checkComments,
  fields,
  fieldComments: valuesWay(
    "fieldComments",
    ({ name }, field, value) => `COMMENT ON COLUMN ${sqlName(name)}.${field} IS ${commentValue(value)}`,
  ),
  comment: commentWay(
    "comment",
    (object) => `${textOf(object, "type") === "domain" ? "DOMAIN" : "TYPE"} ${sqlName(object.name)}`,
  ),
};

/** The comments of checks that are dropped and added. */
function changedCheckComments(wanted: SchemaObject, is: SchemaObject): string[] {
  const before = named(list(is, "checks"));
  const after = named(list(wanted, "checks"));
  return columnValues(textOf(wanted, "checkComments"))
    .filter(([check]) => before.get(check) !== after.get(check))
    .map(
      ([check, value]) =>
        `COMMENT ON CONSTRAINT ${check} ON DOMAIN ${sqlName(wanted.name)} IS ${commentValue(value)}`,
    );
}

function alterSequence({ name }: SchemaObject): string {
  return `ALTER SEQUENCE ${sqlName(name)}`;
}

const sequenceWords: readonly (readonly [attribute: string, words: string])[] = [
  ["type", "AS"],
  ["increment", "INCREMENT"],
  ["min", "MINVALUE"],
  ["max", "MAXVALUE"],
  ["start", "START"],
  ["cache", "CACHE"],
];

/** All changed options in one statement, as PostgreSQL checks each against the others. */
const sequenceOptions: Change = (wanted, is) => {
  const isChanged = (name: string) => wanted.attributes[name] !== is.attributes[name];
  const options = sequenceWords.flatMap(([name, words]) =>
    isChanged(name) ? [`${words} ${wanted.attributes[name]}`] : [],
  );
  const cycle = wanted.attributes["cycle"] === true ? "CYCLE" : "NO CYCLE";
  return [[alterSequence(wanted), ...options, ...(isChanged("cycle") ? [cycle] : [])].join(" ")];
};

/** What changes each attribute of a sequence: its next value stays. */
export const sequenceWays: Ways = {
  ...eachOf([...sequenceWords.map(([name]) => name), "cycle"], sequenceOptions),
  ownedBy: (wanted) => [`${alterSequence(wanted)} OWNED BY${clause("", ownerOf(wanted))}`],
  persistence: (wanted) => [
    `${alterSequence(wanted)} SET ${textOf(wanted, "persistence") === "unlogged" ? "UNLOGGED" : "LOGGED"}`,
  ],
  comment: commentWay("comment", ({ name }) => `SEQUENCE ${sqlName(name)}`),
};

function ownerOf(sequence: SchemaObject): string {
  const owner = textOf(sequence, "ownedBy");
  return owner === undefined ? "NONE" : sqlName(owner);
}
