import type { SchemaObject } from "../schema/model.ts";
import { textLiteral } from "./literals.ts";
import { columnValues, nameInSchema, sqlName, textIn, textOf } from "./names.ts";

/** The statement for a comment, if there is one. */
export function comment(identity: string, text: string | undefined): string[] {
  return text === undefined ? [] : [`COMMENT ON ${identity} IS ${textLiteral(text)}`];
}

/** Comments on an object, on the checks of a domain, on the fields of a type, and on the index of a constraint. */
export function commentsOf(object: SchemaObject, identity: string): string[] {
  const { kind, name } = object;
  const ofChecks = columnValues(textOf(object, "checkComments")).flatMap(([check, text]) =>
    comment(`CONSTRAINT ${check} ON DOMAIN ${sqlName(name)}`, textIn(text)),
  );
  const ofFields = columnValues(textOf(object, "fieldComments")).flatMap(([field, text]) =>
    comment(`COLUMN ${sqlName(name)}.${field}`, textIn(text)),
  );
  const ofIndex =
    kind === "constraint" ? comment(`INDEX ${nameInSchema(name)}`, textOf(object, "indexComment")) : [];
  return [...comment(identity, textOf(object, "comment")), ...ofChecks, ...ofFields, ...ofIndex];
}
