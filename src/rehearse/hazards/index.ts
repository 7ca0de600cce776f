import type { Found, Hazard, HazardRule } from "./hazard.ts";
import { failureRules } from "./rules/failures.ts";
import { foreignKeyRules } from "./rules/foreign-keys.ts";
import { indexRules } from "./rules/indexes.ts";
import { keyRules } from "./rules/keys.ts";
import { objectRules } from "./rules/objects.ts";
import { partitionRules } from "./rules/partitions.ts";
import { rewriteRules } from "./rules/rewrites.ts";
import { scanRules } from "./rules/scans.ts";
import { transactionRules } from "./rules/transactions.ts";
import type { MigrationRun } from "./run.ts";
import { lockHazards } from "./table-locks.ts";
import { resultHazards } from "./table-results.ts";
import { rewriteHazards } from "./table-rewrites.ts";

/** All hazards, by subject. */
export const hazards: readonly Hazard[] = [...rewriteHazards, ...lockHazards, ...resultHazards];

/** The rules that check what was measured; `refused-by-target-version` checks the text. */
export const hazardRules: readonly HazardRule[] = [
  ...rewriteRules,
  ...scanRules,
  ...indexRules,
  ...foreignKeyRules,
  ...partitionRules,
  ...transactionRules,
  ...objectRules,
  ...failureRules,
  ...keyRules,
];

/** @throws Error for an id that the table does not have */
export function hazardOf(id: string): Hazard {
  const hazard = hazards.find((one) => one.id === id);
  if (hazard === undefined) throw new Error(`the table of hazards has no ${id}`);
  return hazard;
}

/** Everything that the rules find in a migration. */
export function findHazards(run: MigrationRun): { readonly hazard: Hazard; readonly found: Found }[] {
  return hazardRules.flatMap(({ id, find }) => {
    const hazard = hazardOf(id);
    return find(run).map((found) => ({ hazard, found }));
  });
}

/** The meaning of each hazard, for reports that describe their rules. */
export function hazardMeanings(): Readonly<Record<string, { readonly text: string; readonly help: string }>> {
  return Object.fromEntries(
    hazards.map(({ id, condition, effect, instead }) => [
      id,
      { text: condition, help: `${effect} Safer: ${instead}` },
    ]),
  );
}
