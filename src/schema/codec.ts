import { type Schema, type SchemaObject, schemaOf, type Uncovered } from "./model.ts";

interface EncodedSchema {
  readonly serverVersion: number;
  /** Positions in the list of objects. */
  readonly objects: readonly number[];
  readonly uncovered: readonly Uncovered[];
}

/** The form of schemas in a file: JSON without maps, with each shared object once. */
export interface EncodedSchemas {
  readonly objects: readonly SchemaObject[];
  readonly schemas: readonly EncodedSchema[];
}

export function encodeSchemas(schemas: readonly Schema[]): EncodedSchemas {
  const places = new Map<string, number>();
  const objects: SchemaObject[] = [];
  const placeOf = (object: SchemaObject) => {
    const text = JSON.stringify(object);
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, objects.length);
    return objects.push(object) - 1;
  };
  const encoded = schemas.map(({ serverVersion, objects: own, uncovered }) => ({
    serverVersion,
    objects: [...own.values()].map(placeOf),
    uncovered,
  }));
  return { objects, schemas: encoded };
}

/** @throws Error if a position does not exist, as in a damaged file */
export function decodeSchemas({ objects, schemas }: EncodedSchemas): Schema[] {
  const objectAt = (place: number) => {
    const object = objects[place];
    if (object === undefined) throw new Error(`there is no object ${place}`);
    return object;
  };
  return schemas.map(({ serverVersion, objects: own, uncovered }) =>
    schemaOf(own.map(objectAt), uncovered, serverVersion),
  );
}
