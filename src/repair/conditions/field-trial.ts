import type { SchemaObject } from "../../schema/model.ts";
import { textOf } from "../names.ts";
import { type RetypedField, retypedFields } from "../type-ways.ts";
import { alwaysCasts } from "./casts.ts";
import type { Trial } from "./condition.ts";
import { changeOfValue } from "./losses.ts";

function typeOf(field: string): string {
  return field.replace(/ COLLATE .*$/s, "");
}

/** Whether values of a field may be rounded or shortened by its new type. */
function mayBeChanged({ before, after }: RetypedField): boolean {
  return changeOfValue(typeOf(before), typeOf(after)) !== undefined;
}

/** Whether values of a composite type may be rounded or shortened by the new types of its fields. */
export function changesFields(wanted: SchemaObject | undefined, is: SchemaObject | undefined): boolean {
  return wanted !== undefined && is !== undefined && retypedFields(wanted, is).some(mayBeChanged);
}

/** Whether a value may not fit the new type of a field, or change with it. */
function isDoubtful(field: RetypedField, mayChange: boolean): boolean {
  return !alwaysCasts(typeOf(field.before), typeOf(field.after)) || (!mayChange && mayBeChanged(field));
}

/** The new value comes from the text of the old one, as that of the whole does. */
function fieldTest(field: RetypedField, mayChange: boolean): string {
  const [before, after] = [typeOf(field.before), typeOf(field.after)];
  const change = mayChange ? undefined : changeOfValue(before, after);
  const test = change === undefined ? "NULL;" : `IF ${change} THEN RETURN false; END IF;`;
  const inner = `DECLARE value ${before} := old_value; new_value ${after} := old_value::text; BEGIN ${test} END;`;
  return `DECLARE old_value ${before} := (value).${field.name}; BEGIN ${inner} END;`;
}

/**
 * Tries the new types of fields on a value of a composite type.
 * @param mayChange whether values may be rounded or shortened
 * @returns undefined if every value fits
 */
export function fieldTrial(
  name: string,
  column: SchemaObject,
  [wanted, is]: readonly [wanted: SchemaObject, is: SchemaObject],
  mayChange: boolean,
): Trial | undefined {
  const fields = retypedFields(wanted, is).filter((field) => isDoubtful(field, mayChange));
  if (fields.length === 0) return undefined;
  const tests = fields.map((field) => fieldTest(field, mayChange));
  return { name, argument: textOf(column, "type") ?? "", body: tests.join(" ") };
}
