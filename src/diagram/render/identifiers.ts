import type { Diagram, Table } from "../model.ts";

/** The tables of several diagrams without duplicates: a stub only for a table that is in none of them. */
export function tablesOnce(diagrams: readonly Diagram[]): Table[] {
  const tables = diagrams.flatMap((diagram) => diagram.tables);
  const own = new Set(tables.filter(({ stubOf }) => stubOf === undefined).map(({ id }) => id));
  const stubs = new Map(tables.filter(({ id }) => !own.has(id)).map((table) => [table.id, table]));
  return [...tables.filter(({ stubOf }) => stubOf === undefined), ...stubs.values()];
}

/** A unique identifier for each table that is not a reserved word: `shop_orders`. */
export function identifiers(tables: readonly Table[]): ReadonlyMap<string, string> {
  const used = new Set<string>();
  return new Map(
    tables.map(({ id, database, name }) => {
      const word = `${database}_${name}`.replace(/[^A-Za-z0-9_]/g, "_");
      let unique = word;
      for (let n = 2; used.has(unique); n++) unique = `${word}_${n}`;
      used.add(unique);
      return [id, unique];
    }),
  );
}
