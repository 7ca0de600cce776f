import { type DocumentedSchema, lastPhaseOf, sectionsOf } from "../document/model.ts";
import type { Schema } from "../schema/model.ts";
import { cachedSchemas, cacheKey, type ShadowOptions } from "../shadow/cache.ts";

/** The cache key for a document's SQL for one database: only the SQL and its order count, so prose may change. */
export function documentKey(document: DocumentedSchema, database: string): string {
  return cacheKey(
    "document",
    database,
    JSON.stringify([
      lastPhaseOf(document),
      sectionsOf(document, database).map(({ phase, statements }) => [
        phase,
        statements.map(({ sql, deferred }) => [sql, deferred]),
      ]),
    ]),
  );
}

/**
 * Schemas of one database at the end of each phase, from phase 0. Notes name extensions that no statement creates, each
 * after the number of the statement that needs it.
 */
export interface PhaseSchemas {
  readonly phases: readonly Schema[];
  readonly notes: readonly string[];
}

/** The documented schemas of one database, phase by phase. */
export async function documentSchemas(
  document: DocumentedSchema,
  database: string,
  shadow: ShadowOptions,
): Promise<PhaseSchemas> {
  const { schemas, notes } = await cachedSchemas(shadow, documentKey(document, database), async () => {
    const { materialise } = await import("../document/materialise.ts");
    const all = sectionsOf(document, database).flatMap(({ statements }) => statements);
    const { phases, impliedExtensions } = await materialise(document, database, shadow, {
      exact: shadow.exact ?? false,
    });
    return {
      schemas: phases,
      notes: impliedExtensions.map(({ name, statement }) => `${all.indexOf(statement)}:${name}`),
    };
  });
  return { phases: schemas, notes };
}
