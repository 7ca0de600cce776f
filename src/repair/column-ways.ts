import type { SchemaObject } from "../schema/model.ts";
import { partsOfName } from "../schema/names.ts";
import { alterColumn, columnAddenda, dropDefault, identityOptions, setDefault } from "./columns.ts";
import { textLiteral } from "./literals.ts";
import { clause, hostName, partName, sqlName, textOf } from "./names.ts";
import { commentWay, foreignOptionsWay, optionsWay, type Ways } from "./way.ts";

function isUserType({ needs }: SchemaObject): boolean {
  return needs.some((need) => need.startsWith("type "));
}

const texts = /^(?:text|character varying|character)(?:\(\d+\))?$/;

/**
 * The expression that turns the old values into the new type; undefined if they are assigned as they are, which, unlike
 * a cast, refuses a text that is too long.
 */
export function conversionOf(wanted: SchemaObject, is: SchemaObject): string | undefined {
  const [type = "", before = ""] = [textOf(wanted, "type"), textOf(is, "type")];
  const withoutLength = (text: string) => text.replace(/\([\d,]+\)/, "");
  if (withoutLength(type) === withoutLength(before) && !isUserType(wanted)) return undefined;
  if (texts.test(type) && texts.test(before)) return undefined;
  if (/^jsonb?$/.test(type) && before.endsWith("[]")) return `to_${type}(${partName(wanted.name)})`;
  // Two types of users have no cast, but both have texts.
  const between = isUserType(wanted) && isUserType(is) ? `::text${type.endsWith("[]") ? "[]" : ""}` : "";
  return `${partName(wanted.name)}${between}::${type}`;
}

/** The numbers of a column continue after the highest one, whichever sequence they come from. */
export function carryNumbers(wanted: SchemaObject, is: SchemaObject): string[] {
  const becomesIdentity = textOf(wanted, "identity") !== undefined && textOf(is, "identity") === undefined;
  const becomesSerial =
    textOf(is, "identity") !== undefined && /^nextval\(/.test(textOf(wanted, "default") ?? "");
  if (!becomesIdentity && !becomesSerial) return [];
  const [table, column] = [hostName(wanted.name), partName(wanted.name)];
  const sequence = `pg_catalog.pg_get_serial_sequence(${textLiteral(table)}, ${textLiteral(ownText(wanted.name))})`;
  return [
    `SELECT pg_catalog.setval(${sequence}, pg_catalog.max(${column})) FROM ${table} HAVING pg_catalog.max(${column}) > 0`,
  ];
}

/** The last part of a name, without quotes. */
function ownText(name: string): string {
  return partsOfName(name).at(-1) ?? "";
}

/** Changes the type of a column; its default, which has the old type, is taken away and set again. */
export const retype = {
  before: (_: SchemaObject, is: SchemaObject) =>
    textOf(is, "default") === undefined ? [] : [dropDefault(is)],
  change: (wanted: SchemaObject, is: SchemaObject) => [
    `${alterColumn(wanted)} TYPE ${textOf(wanted, "type")}${clause("COLLATE ", textOf(wanted, "collation"))}${clause("USING ", conversionOf(wanted, is))}`,
    ...setDefault(wanted),
  ],
};

function notNull(wanted: SchemaObject): string[] {
  const text = textOf(wanted, "notNullConstraint");
  const alter = alterColumn(wanted);
  if (wanted.attributes["notNull"] !== true) return [`${alter} DROP NOT NULL`];
  return text === undefined
    ? [`${alter} SET NOT NULL`]
    : [`ALTER TABLE ${hostName(wanted.name)} ADD NOT NULL ${partName(wanted.name)} ${text}`];
}

/** Each option of an identity column's sequence: `bigint START 1 INCREMENT 1 … CYCLE`. */
function setIdentityOptions(wanted: SchemaObject): string[] {
  const text = textOf(wanted, "identityOptions");
  if (text === undefined) return [];
  const options = [...text.matchAll(/(START|INCREMENT|MINVALUE|MAXVALUE|CACHE) (-?\d+)/g)];
  const cycle = / CYCLE$/.test(text) ? "SET CYCLE" : "SET NO CYCLE";
  return [`${alterColumn(wanted)} ${[...options.map(([option]) => `SET ${option}`), cycle].join(" ")}`];
}

/** The storage of a type; DEFAULT, which is newer than some servers, only for types of users. */
export function usualStorage(column: SchemaObject): string {
  const type = textOf(column, "type") ?? "";
  if (isUserType(column)) return "DEFAULT";
  return /^(?:numeric|inet|cidr)\b(?!.*\[\])/.test(type) ? "MAIN" : "EXTENDED";
}

/** What changes each attribute of a column. */
export const columnWays: Ways = {
  type: retype,
  collation: retype,
  notNull,
  notNullConstraint: {
    before: (_, is) =>
      textOf(is, "notNullConstraint") === undefined && is.attributes["notNull"] !== true
        ? []
        : [`${alterColumn(is)} DROP NOT NULL`],
    change: notNull,
  },
  identity: {
    before: (wanted, is) =>
      textOf(is, "identity") !== undefined && textOf(wanted, "identity") === undefined
        ? [`${alterColumn(is)} DROP IDENTITY`]
        : [],
    change: (wanted, is) => {
      const words = `GENERATED ${textOf(wanted, "identity")?.toUpperCase()}`;
      if (textOf(wanted, "identity") === undefined) return [];
      return textOf(is, "identity") === undefined
        ? [`${alterColumn(wanted)} ADD ${words} AS IDENTITY${identityOptions(wanted)}`]
        : [`${alterColumn(wanted)} SET ${words}`];
    },
  },
  identityOptions: (wanted, is) => (textOf(is, "identity") === undefined ? [] : setIdentityOptions(wanted)),
  identitySequence: (wanted, is) => {
    const [name, before] = [textOf(wanted, "identitySequence"), textOf(is, "identitySequence")];
    if (name === undefined || before === undefined) return [];
    return [`ALTER SEQUENCE ${sqlName(before)} RENAME TO ${partName(name)}`];
  },
  // DROP EXPRESSION keeps the values of a stored column; a virtual one has none.
  generated: (wanted, is) =>
    textOf(wanted, "generated") === undefined && textOf(is, "generated") === "stored"
      ? [`${alterColumn(wanted)} DROP EXPRESSION`]
      : undefined,
  expression: (wanted) => (textOf(wanted, "generated") === undefined ? [] : undefined),
  default: {
    before: (wanted, is) =>
      textOf(is, "default") !== undefined && textOf(wanted, "default") === undefined ? [dropDefault(is)] : [],
    change: setDefault,
  },
  storage: (wanted) => [
    `${alterColumn(wanted)} SET STORAGE ${textOf(wanted, "storage")?.toUpperCase() ?? usualStorage(wanted)}`,
  ],
  compression: (wanted) => [
    `${alterColumn(wanted)} SET COMPRESSION ${textOf(wanted, "compression") ?? "default"}`,
  ],
  statistics: (wanted) => [`${alterColumn(wanted)} SET STATISTICS ${wanted.attributes["statistics"] ?? -1}`],
  options: optionsWay("options", alterColumn),
  foreignOptions: foreignOptionsWay("foreignOptions", alterColumn),
  comment: commentWay("comment", ({ name }) => `COLUMN ${sqlName(name)}`),
};

/** The statement that takes the default or identity of a column away. */
export function loosenColumn(is: SchemaObject): string {
  return textOf(is, "identity") === undefined ? dropDefault(is) : `${alterColumn(is)} DROP IDENTITY`;
}

/** A column without default and identity, as {@link loosenColumn} leaves it. */
export function loosened(is: SchemaObject): SchemaObject {
  return { ...is, attributes: { ...is.attributes, default: null, identity: null } };
}

/** The statements that add a column to an existing table. */
export function addColumn(column: SchemaObject, definition: string): string[] {
  return [`ALTER TABLE ${hostName(column.name)} ADD COLUMN ${definition}`, ...columnAddenda(column)];
}
