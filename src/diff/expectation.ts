import type { DocumentedSchema, PhaseRange } from "../document/model.ts";
import { nameIn, type Schema, type SchemaObject, schemaOf, type Uncovered } from "../schema/model.ts";
import { dotted, partsOfName } from "../schema/names.ts";
import type { ReachedPhases, Source } from "../sources/source.ts";

/** The phases in which each documented table may be created, by name, such as `public.users`. */
export type TablePhases = ReadonlyMap<string, PhaseRange>;

/** The phases of the tables that a document describes for one database; none without a document. */
export function tablePhases(document: DocumentedSchema | undefined, database: string): TablePhases {
  const tables = document?.tables.filter((table) => table.database === database) ?? [];
  return new Map(tables.map(({ name, phase }) => [name, phase]));
}

/**
 * The phases of the table that an object belongs to: its own, or that of its dependency, as a sequence needs its
 * column.
 */
function phasesOf(object: SchemaObject, tables: TablePhases): PhaseRange | undefined {
  const names = [object.name, ...object.needs.map(nameIn)];
  for (const name of names) {
    const range = tables.get(dotted(...partsOfName(name).slice(0, 2)));
    if (range !== undefined) return range;
  }
  return undefined;
}

/**
 * The schema that a database should have at a phase. Tables with a range of phases may appear at any time in it, and
 * a phase that has begun may be incomplete: of these, only what exists is compared.
 */
export function expectedAt(
  source: Source,
  phase: number,
  actual: Schema,
  tables: TablePhases,
  reached: ReachedPhases | undefined,
): Schema {
  const required = source.at(phase);
  const possible = source.at(Math.max(phase, reached?.begun ?? phase));
  if (required === possible && tables.size === 0) return possible;
  const objects = [...possible.objects].filter(([key, object]) => {
    const range = phasesOf(object, tables);
    const isRequired = required.objects.has(key) && (range === undefined || range.to <= phase);
    return isRequired || actual.objects.has(key);
  });
  const has = (list: readonly Uncovered[], { what, name }: Uncovered) =>
    list.some((other) => other.what === what && other.name === name);
  return schemaOf(
    objects.map(([key, object]) => required.objects.get(key) ?? object),
    possible.uncovered.filter((one) => has(required.uncovered, one) || has(actual.uncovered, one)),
    possible.serverVersion,
  );
}
