import type { Page } from "./model.ts";

/** The names that the page uses itself. */
const own = ["diagram", "overview", "findings", "main"];

/** An id of an element for each table, the same each time: readable, ASCII, and unique whatever the names are. */
export function elementIds({ tables }: Page): ReadonlyMap<string, string> {
  const taken = new Set(own);
  return new Map(
    tables.map(({ id, database, name }) => {
      const plain = `${database}.${name}`.replace(/[^A-Za-z0-9_.]+/g, "-");
      let free = plain;
      for (let number = 2; taken.has(free); number++) free = `${plain}~${number}`;
      taken.add(free);
      return [id, free] as const;
    }),
  );
}
