import { SocratesError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { Diagram } from "./model.ts";

/**
 * Tables with those within `depth` references, in either direction and over all diagrams, and the references between
 * them.
 * @param centre ids of tables
 */
export function surroundings(
  diagrams: readonly Diagram[],
  centre: Iterable<string>,
  depth: number,
): Diagram[] {
  const references = diagrams.flatMap((diagram) => diagram.references);
  const shown = new Set(centre);
  let edge: ReadonlySet<string> = shown;
  for (let step = 0; step < depth && edge.size > 0; step++) {
    const next = references
      .flatMap(({ from, to }) => [...(edge.has(from) ? [to] : []), ...(edge.has(to) ? [from] : [])])
      .filter((id) => !shown.has(id));
    for (const id of next) shown.add(id);
    edge = new Set(next);
  }
  return diagrams
    .map((diagram) => ({
      ...diagram,
      tables: diagram.tables.filter(({ id }) => shown.has(id)),
      references: diagram.references.filter(({ from, to }) => shown.has(from) && shown.has(to)),
    }))
    .filter((diagram) => diagram.tables.some(({ stubOf }) => stubOf === undefined));
}

/**
 * The neighbourhood of a table: the tables within `depth` references, in either direction and over all diagrams, with
 * the references between them.
 * @param name of a table, with its schema unless that is `public`
 * @throws SocratesError `usage` for a table that is in no diagram, naming the nearest
 */
export function neighbourhood(diagrams: readonly Diagram[], name: string, depth: number): Diagram[] {
  const tables = diagrams.flatMap((diagram) => diagram.tables);
  const own = tables.filter(({ stubOf }) => stubOf === undefined);
  const centre = own.filter((table) => table.name === name || `public.${table.name}` === name);
  if (centre.length === 0) {
    const near = nearest(name, own.map((table) => table.name).sort());
    throw new SocratesError("usage", `--table "${name}" is not in the diagram`, {
      hint:
        near === undefined
          ? "See all tables with: socrates-db diagram. With --phase, tables of later phases are left out."
          : `Did you mean "${near}"?`,
    });
  }
  return surroundings(
    diagrams,
    centre.map(({ id }) => id),
    depth,
  );
}
