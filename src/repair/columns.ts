import type { SchemaObject } from "../schema/model.ts";
import { dotted, partsOfName } from "../schema/names.ts";
import { textLiteral } from "./literals.ts";
import { clause, hostName, partName, sqlName, storageOptions, textOf } from "./names.ts";

/** The name and options of an identity column's sequence that the column would not have by itself. */
export function identityOptions(object: SchemaObject): string {
  const sequence = textOf(object, "identitySequence");
  const [schema, table, column] = partsOfName(object.name);
  const isUsualName = sequence === undefined || sequence === dotted(schema ?? "", `${table}_${column}_seq`);
  const [, type = "", options = ""] = /^(\w+) (.*)$/.exec(textOf(object, "identityOptions") ?? "") ?? [];
  const maximum = { smallint: "32767", integer: "2147483647" }[type] ?? "9223372036854775807";
  const usual = `START 1 INCREMENT 1 MINVALUE 1 MAXVALUE ${maximum} CACHE 1`;
  const items = [
    ...(isUsualName ? [] : [`SEQUENCE NAME ${sqlName(sequence)}`]),
    ...(options === "" || options === usual ? [] : [options]),
  ];
  return items.length === 0 ? "" : ` (${items.join(" ")})`;
}

/** The type of a column, or `serial` and the like for a column that owns the sequence of its default. */
export interface ColumnForm {
  readonly type?: string | undefined;
  readonly withDefault: boolean;
}

/** A column as in CREATE TABLE. */
export function columnDefinition(object: SchemaObject, form: ColumnForm): string {
  const { attributes, name } = object;
  const collation = textOf(object, "collation");
  const preset = form.withDefault && form.type === undefined ? textOf(object, "default") : undefined;
  const generated = textOf(object, "generated");
  const identity = textOf(object, "identity");
  const isPlainNotNull = attributes["notNull"] === true && textOf(object, "notNullConstraint") === undefined;
  const options = textOf(object, "foreignOptions");
  return [
    `${partName(name)} ${form.type ?? textOf(object, "type")}`,
    clause("OPTIONS (", options, ")"),
    clause("COLLATE ", collation),
    clause("DEFAULT ", preset),
    generated === undefined
      ? ""
      : ` GENERATED ALWAYS AS (${textOf(object, "expression")}) ${generated.toUpperCase()}`,
    identity === undefined
      ? ""
      : ` GENERATED ${identity.toUpperCase()} AS IDENTITY${identityOptions(object)}`,
    isPlainNotNull && form.type === undefined ? " NOT NULL" : "",
  ].join("");
}

/** The statement that gives a column its default. */
export function setDefault(object: SchemaObject): string[] {
  const preset = textOf(object, "default");
  return preset === undefined ? [] : [`${alterColumn(object)} SET DEFAULT ${preset}`];
}

/** The statement that takes a column's default away. */
export function dropDefault(object: SchemaObject): string {
  return `${alterColumn(object)} DROP DEFAULT`;
}

/** What the statements that change a column begin with. */
export function alterColumn({ name }: SchemaObject): string {
  return `ALTER TABLE ${hostName(name)} ALTER COLUMN ${partName(name)}`;
}

/** What CREATE TABLE cannot say about a column. */
export function columnAddenda(object: SchemaObject): string[] {
  const { attributes, name } = object;
  const statistics = attributes["statistics"];
  const [storage, compression] = [textOf(object, "storage"), textOf(object, "compression")];
  const [options, comment] = [textOf(object, "options"), textOf(object, "comment")];
  const notNull = textOf(object, "notNullConstraint");
  return [
    ...(notNull === undefined
      ? []
      : [`ALTER TABLE ${hostName(name)} ADD NOT NULL ${partName(name)} ${notNull}`]),
    ...(storage === undefined ? [] : [`${alterColumn(object)} SET STORAGE ${storage.toUpperCase()}`]),
    ...(compression === undefined ? [] : [`${alterColumn(object)} SET COMPRESSION ${compression}`]),
    ...(typeof statistics === "number" ? [`${alterColumn(object)} SET STATISTICS ${statistics}`] : []),
    ...(options === undefined ? [] : [`${alterColumn(object)} SET (${storageOptions(options)})`]),
    ...(comment === undefined ? [] : [`COMMENT ON COLUMN ${sqlName(name)} IS ${textLiteral(comment)}`]),
  ];
}
