import { keyOf, type ObjectKey, type Schema, schemaOf } from "../schema/model.ts";

/** The schema of one database on one side of a comparison, from any source. */
export interface Source {
  /** For people: `docs/schema.md`, `migrations`, `localhost:5432/app as me`. */
  readonly label: string;
  /** The state of a live database by its ledger; undefined for other sources. */
  readonly reached: ReachedPhases | undefined;
  /** The last known phase; undefined without phases. */
  readonly lastPhase: number | undefined;
  /** The schema at the end of a phase; the same for each in a source without phases. */
  at(phase: number): Schema;
}

/** One side of a comparison, by key of the database. */
export type Sources = ReadonlyMap<string, Source>;

export interface ReachedPhases {
  /** The last fully applied phase; -1 for none. */
  readonly complete: number;
  /** The phase of the last applied migration; -1 for none. */
  readonly begun: number;
}

/** A side that is the same at every phase. */
export function fixedSource(label: string, schema: Schema, reached?: ReachedPhases): Source {
  return { label, reached, lastPhase: undefined, at: () => schema };
}

/** A phase as text for reports; -1 is the state before the first migration. */
export function phaseText(phase: number): string {
  return phase < 0 ? "before phase 0" : `phase ${phase}`;
}

/** The initial objects of every database: the expected schema before the first migration. */
const initial: ReadonlySet<ObjectKey> = new Set([keyOf("schema", "public"), keyOf("extension", "plpgsql")]);

function newDatabase(first: Schema | undefined): Schema {
  const objects = [...(first?.objects ?? [])].filter(([key]) => initial.has(key)).map(([, object]) => object);
  return schemaOf(objects, [], first?.serverVersion ?? 0);
}

/** A side with a schema for each phase from 0. */
export function phasedSource(label: string, phases: readonly Schema[]): Source {
  const last = phases.length - 1;
  return {
    label,
    reached: undefined,
    lastPhase: last,
    at: (phase) => {
      if (phase < 0) return newDatabase(phases[0]);
      const schema = phases[Math.min(phase, last)];
      if (schema === undefined) throw new Error(`${label} has no phase ${phase}`);
      return schema;
    },
  };
}
