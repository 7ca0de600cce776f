import type { PhaseRange } from "../document/model.ts";
import { type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import type { ReachedPhases, Source } from "../sources/source.ts";

/** The phases in which each documented table may come, by its name without a schema. */
export type TablePhases = ReadonlyMap<string, PhaseRange>;

function tableOf({ name }: SchemaObject): string | undefined {
  return name.split(".")[1];
}

/**
 * What must stand in a database at a phase, and what of later ones may: a table whose phase is a range may come at any
 * time in it, and a phase that has begun may be there in part. Of these, what is there is held against its definition.
 */
export function expectedAt(
  source: Source,
  phase: number,
  actual: Schema,
  tables: TablePhases,
  reached: ReachedPhases | undefined,
): Schema {
  const required = source.at(phase);
  if (source.lastPhase === undefined || phase >= source.lastPhase) return required;
  const begun = Math.max(phase, reached?.begun ?? phase);
  const mayBe = (object: SchemaObject) => {
    const range = tables.get(tableOf(object) ?? "");
    return range === undefined ? begun > phase : range.from <= begun;
  };
  const optional = [...source.at(source.lastPhase).objects].filter(
    ([key, object]) => !required.objects.has(key) && actual.objects.has(key) && mayBe(object),
  );
  return schemaOf(
    [...required.objects.values(), ...optional.map(([, object]) => object)],
    required.uncovered,
    required.serverVersion,
  );
}
