import { type CatalogFacts, isIndex } from "./catalog-facts.ts";

/**
 * The relations that existed before the run. ALTER TABLE rebuilds an index under its name, so that indexes are also
 * known by name.
 */
export class Known {
  private oids: ReadonlySet<number>;
  private indexes: ReadonlySet<string>;

  constructor(facts: CatalogFacts) {
    this.oids = new Set(facts.relations.keys());
    this.indexes = indexNames(facts, this.oids);
  }

  /** Their oids at the start of a script. */
  in({ relations }: CatalogFacts): ReadonlySet<number> {
    const found = [...relations].filter(
      ([oid, { kind, name }]) => this.oids.has(oid) || (isIndex(kind) && this.indexes.has(name)),
    );
    return new Set(found.map(([oid]) => oid));
  }

  /** Follows what a committed script has renamed or rebuilt. */
  learn(facts: CatalogFacts): void {
    this.oids = this.in(facts);
    this.indexes = indexNames(facts, this.oids);
  }
}

function indexNames({ relations }: CatalogFacts, oids: ReadonlySet<number>): ReadonlySet<string> {
  return new Set(
    [...relations].flatMap(([oid, { kind, name }]) => (isIndex(kind) && oids.has(oid) ? [name] : [])),
  );
}
