import { dotted } from "../../schema/names.ts";
import type { DatabaseStatistics } from "../../statistics/model.ts";
import type { CatalogFacts } from "../catalog-facts.ts";

/** How far the sequence of an integer column has come, as the statistics know it. */
export interface SequenceUse {
  /** Oid of the table. */
  readonly table: number;
  /** `table.number` of the column. */
  readonly key: string;
  readonly column: string;
  readonly lastValue: number;
  /** The last number of the column's type in the direction of the sequence. */
  readonly limit: number;
}

/** Largest numbers of a type of so many bytes (manual, section 8.1.1). */
const largest: ReadonlyMap<number, number> = new Map([
  [2, 32_767],
  [4, 2_147_483_647],
]);

/** @param base the catalogs of the shadow at the place in the chain where the statistics were taken */
export function sequencesOf(
  { relations }: Pick<DatabaseStatistics, "relations">,
  base: CatalogFacts,
): SequenceUse[] {
  const last = new Map<string, number>();
  for (const { column, lastValue } of Object.values(relations))
    if (column !== undefined && typeof lastValue === "number") last.set(column, lastValue);
  return [...base.columns].flatMap(([key, { relation, name, length }]): SequenceUse[] => {
    const path = base.relations.get(relation)?.path;
    const lastValue = path === undefined ? undefined : last.get(dotted(...path, name));
    const most = largest.get(length);
    if (lastValue === undefined || most === undefined) return [];
    const limit = lastValue < 0 ? -most - 1 : most;
    return [{ table: relation, key, column: name, lastValue, limit }];
  });
}
