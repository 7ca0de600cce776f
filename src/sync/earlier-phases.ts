import type { DocumentedSchema } from "../document/model.ts";
import { shortName } from "../schema/names.ts";
import type { ShadowOptions } from "../shadow/cache.ts";
import { documentSchemas } from "../sources/of-document.ts";
import type { Source } from "../sources/source.ts";
import { changesBetween, objectOf } from "./changes.ts";
import type { Outdated } from "./outdated.ts";
import { tableOf } from "./plan-change.ts";

/**
 * Differences from the migrations at the ends of earlier phases: a document that is right at its end can have a column in
 * another phase than the migration that adds it.
 */
export async function earlierDifferences(
  document: DocumentedSchema,
  database: string,
  source: Source,
  last: number,
  shadow: ShadowOptions,
): Promise<Outdated[]> {
  const { phases } = await documentSchemas(document, database, shadow);
  const own = document.tables.filter((table) => table.database === database);
  const isFixed = (name: string | undefined) =>
    own.some((table) => table.name === name && table.phase.from === table.phase.to);
  const seen = new Set<string>();
  return phases.slice(0, last).flatMap((schema, phase) =>
    changesBetween(schema, source.at(phase), []).flatMap((change): Outdated[] => {
      const { kind, name } = objectOf(change);
      const table = own.find((candidate) => candidate.name === tableOf(objectOf(change)));
      if (table === undefined || !isFixed(table.name) || seen.has(change.key)) return [];
      seen.add(change.key);
      return [
        {
          file: table.location.file,
          line: table.location.line,
          object: `${kind} ${shortName(name)}`,
          what: `is right at the end, but not at the end of phase ${phase}: the migrations create or change it in another phase`,
        },
      ];
    }),
  );
}
