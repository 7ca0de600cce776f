import { SocratesError } from "../errors.ts";
import { withoutTypes } from "../repair/names.ts";
import { readRename } from "../repair/rename-texts.ts";
import { nameIn, type Schema } from "../schema/model.ts";

function namesIn({ objects }: Schema): ReadonlySet<string> {
  const names = [...objects.keys()].map(nameIn);
  return new Set([...names, ...names.map(withoutTypes)]);
}

/** The renames of objects that a schema has; the rest are for another database. @throws SocratesError `usage` */
export function renamesIn(schema: Schema, renames: readonly string[]): string[] {
  if (renames.length === 0) return [];
  const names = namesIn(schema);
  return renames.filter((rename) => names.has(readRename(rename).old));
}

/** @throws SocratesError `usage` for a rename of an object that no schema has */
export function checkRenames(schemas: readonly Schema[], renames: readonly string[]): void {
  const known = new Set(schemas.flatMap((schema) => renamesIn(schema, renames)));
  const unknown = renames.find((rename) => !known.has(rename));
  if (unknown !== undefined)
    throw new SocratesError("usage", `--rename "${unknown}": the schema to change has no such object`, {
      hint: "Write the name that it has there, with its schema.",
    });
}
