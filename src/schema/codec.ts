import { type Schema, type SchemaObject, schemaOf, type Uncovered } from "./model.ts";

/** A schema as it is kept in a file: JSON without maps. */
export interface EncodedSchema {
  readonly serverVersion: number;
  readonly objects: readonly SchemaObject[];
  readonly uncovered: readonly Uncovered[];
}

export function encodeSchema({ serverVersion, objects, uncovered }: Schema): EncodedSchema {
  return { serverVersion, objects: [...objects.values()], uncovered };
}

export function decodeSchema({ serverVersion, objects, uncovered }: EncodedSchema): Schema {
  return schemaOf(objects, uncovered, serverVersion);
}
