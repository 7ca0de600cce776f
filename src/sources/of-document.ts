import { lastPhaseOf, materialise } from "../document/materialise.ts";
import type { DocumentedSchema } from "../document/model.ts";
import { type CacheFolders, cached, cacheKey, type PhaseSchemas } from "../shadow/cache.ts";

/** The key of what a document says of one database; the SQL and its order are all that counts, prose may change. */
export function documentKey(document: DocumentedSchema, database: string): string {
  const tables = document.tables.filter((table) => table.database === database);
  return cacheKey(
    "document",
    database,
    JSON.stringify([
      lastPhaseOf(document),
      tables.map(({ name, phase, statements }) => [
        name,
        phase,
        statements.map(({ sql, deferred }) => [sql, deferred]),
      ]),
    ]),
  );
}

/** The schemas that a document describes for one database, phase by phase. */
export function documentSchemas(
  document: DocumentedSchema,
  database: string,
  folders: CacheFolders,
): Promise<PhaseSchemas> {
  return cached(folders, documentKey(document, database), async () => {
    const { phases, impliedExtensions } = await materialise(document, database);
    return {
      phases,
      notes: impliedExtensions.map(({ name, statement }) => `${statement.location.line}:${name}`),
    };
  });
}
