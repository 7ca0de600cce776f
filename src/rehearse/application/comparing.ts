import type { Catalog, ColumnType } from "./catalog.ts";
import type { PlanSummary, Scan, Search } from "./plan-nodes.ts";
import type { PlannedAt } from "./planning.ts";

/** A relation that a statement reads through an index before, and not afterwards. */
export interface Loss {
  readonly relation: string;
  /** The indexes that the plan before uses. */
  readonly indexes: readonly string[];
  /** Why, as far as the catalog shows it. */
  readonly cause: string;
}

/** A B-tree that does not start with the column of the condition is read in full (manual, section 11.3). */
function isOnLeadingColumn({ index, condition }: Search, { leading }: Catalog): boolean {
  const column = leading.get(index);
  if (column === undefined) return true;
  const escaped = column.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return new RegExp(`(?<![\\w.$"])${escaped}(?![\\w$"])`).test(condition);
}

/** Whether an index finds the rows: by a condition, by their distance, or as it only has those of its own condition. */
function isSearched({ indexes, searches, isByDistance }: Scan, catalog: Catalog): boolean {
  return (
    isByDistance ||
    indexes.some((name) => catalog.partial.has(name)) ||
    (searches.length > 0 && searches.every((search) => isOnLeadingColumn(search, catalog)))
  );
}

/**
 * Whether an index finds the prefix of a LIKE with the operators of `text_pattern_ops`. Any other index finds it in the
 * shadow, whose collation is C, and not in a database of another one (manual, section 11.10).
 */
function isPatternSearch({ searches }: Scan): boolean {
  return searches.some(({ condition }) => condition.includes("~>=~"));
}

function keyOf({ relation, alias }: Scan): string {
  return JSON.stringify([relation, alias]);
}

function sequentialIn({ scans }: PlanSummary): readonly Scan[] {
  return scans.filter(({ indexes }) => indexes.length === 0);
}

/** What became of indexes, if anything did. */
function fateOf(indexes: readonly string[], from: Catalog, to: Catalog): string | undefined {
  const missing = indexes.find((name) => !to.indexes.has(name));
  if (missing !== undefined) return `index ${missing} was dropped`;
  const changed = indexes.find((name) => to.indexes.get(name) !== from.indexes.get(name));
  return changed === undefined ? undefined : `index ${changed} was redefined`;
}

/** Types whose values an index can compare with each other (manual, section 36.16.5 "Operator Classes and Operator Families"). */
const families: readonly ReadonlySet<string>[] = [
  new Set(["smallint", "integer", "bigint"]),
  new Set(["real", "double precision"]),
  new Set(["text", "character varying"]),
  new Set(["date", "timestamp without time zone", "timestamp with time zone"]),
];

/** Whether an index of one of two types can serve a condition with the other. */
function isComparable(one: ColumnType, other: ColumnType): boolean {
  return (
    one.collation === other.collation &&
    (one.type === other.type || families.some((family) => family.has(one.type) && family.has(other.type)))
  );
}

/** A column of the plan's relations whose type or collation afterwards no index of the one before can serve. */
function retyped({ scans }: PlanSummary, from: Catalog, to: Catalog): string | undefined {
  const relations = new Set(scans.map(({ relation }) => relation));
  const changed = [...from.columns].find(([name, type]) => {
    const isRead = relations.has(name.slice(0, name.indexOf(".")));
    return isRead && !isComparable(type, to.columns.get(name) ?? type);
  });
  return changed === undefined ? undefined : `${changed[0]} has another type or collation`;
}

/**
 * The relations that a statement reads through an index before, and afterwards in full. A cheaper plan is not a
 * loss: the index was dropped or redefined, a type changed, or there are more sequential scans although they are switched
 * off.
 */
export function lossesOf(before: PlanSummary, after: PlanSummary, from: Catalog, to: Catalog): Loss[] {
  const afterwards = new Map(after.scans.map((scan) => [keyOf(scan), scan]));
  const hasMoreScans = sequentialIn(after).length > sequentialIn(before).length;
  return before.scans.flatMap((scan): Loss[] => {
    const { relation, indexes } = scan;
    if (indexes.length === 0) return [];
    const now = afterwards.get(keyOf(scan));
    const isStillSearched = now !== undefined && isSearched(now, to);
    if (isStillSearched && (isPatternSearch(now) || !isPatternSearch(scan))) return [];
    const fate = fateOf(indexes, from, to);
    // An index that is read in full gives an order; without it, the rows are sorted.
    if (!isSearched(scan, from))
      return fate !== undefined && now !== undefined && after.sorts > before.sorts && !before.mergesOrders
        ? [{ relation, indexes, cause: fate }]
        : [];
    const isInFull = now === undefined ? hasMoreScans : now.indexes.length === 0 && hasMoreScans;
    const cause =
      (now === undefined ? undefined : (fate ?? retyped(before, from, to))) ??
      (isInFull ? "no index fits its conditions" : undefined);
    return cause === undefined ? [] : [{ relation, indexes, cause }];
  });
}

/** A plan costs more if by this factor: figures without values make lesser differences uncertain. */
const costlier = 2;

/**
 * The relations whose index was dropped or redefined, and without which the statement costs more at the target's sizes. Here another
 * index may still fit, which has to read far more.
 */
export function costlierLosses(before: PlanSummary, after: PlanSummary, from: Catalog, to: Catalog): Loss[] {
  const factor = after.cost / before.cost;
  if (!(factor >= costlier)) return [];
  return before.scans.flatMap(({ relation, indexes }): Loss[] => {
    const fate = fateOf(indexes, from, to);
    return fate === undefined
      ? []
      : [{ relation, indexes, cause: `${fate}, and the plan costs ${Math.round(factor)} times as much` }];
  });
}

/** What a change of the schema did to a statement. */
export type Effect =
  | { readonly kind: "broken"; readonly reason: string }
  | { readonly kind: "losing"; readonly losses: readonly Loss[] };

/** What happened to the statement at an index between two points; undefined for nothing that matters. */
export function effectOn(at: number, before: PlannedAt, after: PlannedAt): Effect | undefined {
  const [was, is] = [before.planned[at], after.planned[at]];
  if (was === undefined || is === undefined || !("plan" in was)) return undefined;
  if (!("plan" in is)) return { kind: "broken", reason: is.reason };
  const structural = lossesOf(was.plan, is.plan, before.catalog, after.catalog);
  const [cost, costNow] = [before.costed?.[at], after.costed?.[at]];
  const isCosted = cost !== undefined && costNow !== undefined && "plan" in cost && "plan" in costNow;
  const costly = isCosted ? costlierLosses(cost.plan, costNow.plan, before.catalog, after.catalog) : [];
  const known = new Set(structural.map(({ relation }) => relation));
  const losses = [...structural, ...costly.filter(({ relation }) => !known.has(relation))];
  return losses.length === 0 ? undefined : { kind: "losing", losses };
}
