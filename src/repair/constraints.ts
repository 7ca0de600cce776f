import type { SchemaObject } from "../schema/model.ts";
import { itemsOf } from "../sql/parentheses.ts";
import type { KindSql } from "./kind.ts";
import { clause, hostName, isSet, nameInSchema, partName, sqlName, textOf } from "./names.ts";
import { columnList, indexOptions, indexRoles, keyElements } from "./table-parts.ts";

function foreignKey(object: SchemaObject): string {
  const action = (words: string, attribute: string) => {
    const value = textOf(object, attribute);
    return value === undefined || value === "no action" ? "" : ` ${words} ${value.toUpperCase()}`;
  };
  const columns = textOf(object, "onDeleteColumns");
  return [
    `FOREIGN KEY (${keys(object)}) REFERENCES ${sqlName(textOf(object, "referencedTable") ?? "")}`,
    ` (${periodOf(object, columnList(textOf(object, "referencedColumns") ?? ""))})`,
    textOf(object, "match") === "full" ? " MATCH FULL" : "",
    action("ON UPDATE", "onUpdate"),
    action("ON DELETE", "onDelete"),
    clause("(", columns === undefined ? undefined : columnList(columns), ")"),
  ].join("");
}

/** PERIOD before the last column of a temporal foreign key (PostgreSQL 18). */
function periodOf(object: SchemaObject, columns: string): string {
  return isSet(object, "withoutOverlaps") ? columns.replace(/(^|, )([^,]+)$/, "$1PERIOD $2") : columns;
}

function keys(object: SchemaObject): string {
  const columns = columnList(textOf(object, "columns") ?? "");
  if (!isSet(object, "withoutOverlaps")) return columns;
  return textOf(object, "type") === "foreign key" ? periodOf(object, columns) : `${columns} WITHOUT OVERLAPS`;
}

function exclusion(object: SchemaObject): string {
  const operators = itemsOf(textOf(object, "operators") ?? "");
  const elements = keyElements(object).map((element, i) => {
    const operator = operators[i] ?? "";
    return `${element} WITH ${operator.includes(".") ? `OPERATOR(${operator})` : operator}`;
  });
  return `EXCLUDE USING ${sqlName(textOf(object, "method") ?? "")} (${elements.join(", ")})`;
}

function body(object: SchemaObject): string {
  switch (textOf(object, "type")) {
    case "check":
      return `CHECK (${textOf(object, "expression")})${isSet(object, "noInherit") ? " NO INHERIT" : ""}`;
    case "foreign key":
      return foreignKey(object);
    case "exclusion":
      return `${exclusion(object)}${indexOptions(object, true)}${clause("WHERE (", textOf(object, "predicate"), ")")}`;
    default: {
      const word = textOf(object, "type") === "unique" ? "UNIQUE" : "PRIMARY KEY";
      const nulls = isSet(object, "nullsNotDistinct") ? " NULLS NOT DISTINCT" : "";
      return `${word}${nulls} (${keys(object)})${indexOptions(object, true)}`;
    }
  }
}

/** When a constraint is checked. */
function timing(object: SchemaObject): string {
  return `${isSet(object, "deferrable") ? " DEFERRABLE" : ""}${isSet(object, "initiallyDeferred") ? " INITIALLY DEFERRED" : ""}`;
}

/** A constraint as in CREATE TABLE and ADD. */
export function constraintDefinition(object: SchemaObject): string {
  const isEnforced = object.attributes["enforced"] !== false;
  return [
    `CONSTRAINT ${partName(object.name)} ${body(object)}`,
    timing(object),
    isEnforced ? "" : " NOT ENFORCED",
    object.attributes["validated"] === false ? " NOT VALID" : "",
  ].join("");
}

/** The key that an existing unique index becomes, under the constraint's name. */
export function addUsingIndex(object: SchemaObject, index: string): string {
  return [
    `ALTER TABLE ${hostName(object.name)} ADD CONSTRAINT ${partName(object.name)}`,
    ` ${textOf(object, "type")?.toUpperCase()} USING INDEX ${partName(index)}`,
    timing(object),
  ].join("");
}

/** The statement that checks the rows of a constraint that was added without. */
export function validate({ name }: SchemaObject): string {
  return `ALTER TABLE ${hostName(name)} VALIDATE CONSTRAINT ${partName(name)}`;
}

/** What follows a constraint, wherever it was created: comments and what its index is to the table. */
export function constraintAddenda(object: SchemaObject): string[] {
  const index = nameInSchema(object.name);
  return indexRoles(object, hostName(object.name), index);
}

export const constraints: KindSql = {
  identity: ({ name }) => `CONSTRAINT ${partName(name)} ON ${hostName(name)}`,
  create: (object) => [
    `ALTER TABLE ${hostName(object.name)} ADD ${constraintDefinition(object)}`,
    ...constraintAddenda(object),
  ],
  drop: ({ name }) => `ALTER TABLE ${hostName(name)} DROP CONSTRAINT ${partName(name)}`,
};
