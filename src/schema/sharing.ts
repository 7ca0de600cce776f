import { type Attribute, type Kind, keyOf, type Schema, type SchemaObject } from "./model.ts";

type Attributes = SchemaObject["attributes"];

function sameAttributes(a: Attributes, b: Attributes): boolean {
  for (const name in a) if (a[name] !== b[name]) return false;
  for (const name in b) if (!(name in a)) return false;
  return true;
}

function isSame(a: SchemaObject, b: SchemaObject): boolean {
  return (
    a.position === b.position &&
    (a.attributes === b.attributes || sameAttributes(a.attributes, b.attributes)) &&
    a.needs.length === b.needs.length &&
    a.needs.every((need, i) => need === b.needs[i])
  );
}

/** How many attributes of each kind are remembered: those of columns repeat after a few. */
const remembered = 32;

/**
 * Lets the schemas of one comparison share equal objects: two databases of thousands of tables take little more
 * memory than one, and a shared object needs no comparison.
 */
export class Sharing {
  private first: Schema | undefined;
  private readonly recent = new Map<Kind, Attributes[]>();
  private turn: Promise<unknown> = Promise.resolve();

  /** Waits until the reader before has ended, so that the rows of only one large catalog are held at a time. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => {});
    return result;
  }

  /** Attributes equal to these: the same instance for equal ones that follow each other closely. */
  private attributes(kind: Kind, attributes: Readonly<Record<string, Attribute>>): Attributes {
    const known = this.recent.get(kind) ?? [];
    this.recent.set(kind, known);
    const equal = known.find((other) => sameAttributes(other, attributes));
    if (equal !== undefined) return equal;
    known.unshift(attributes);
    if (known.length > remembered) known.pop();
    return attributes;
  }

  /** The equal object of the first schema, or else this one. */
  object(object: SchemaObject): SchemaObject {
    const { kind, name } = object;
    const known = this.first?.objects.get(keyOf(kind, name));
    if (known !== undefined && isSame(known, object)) return known;
    return { ...object, attributes: this.attributes(kind, object.attributes) };
  }

  /** Ends the reading of a schema. The first one is what the others will share with. */
  finished(schema: Schema): void {
    this.first ??= schema;
  }
}
