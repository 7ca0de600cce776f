import type { Found, HazardRule } from "../hazard.ts";
import { type MigrationRun, nameOf } from "../run.ts";

/** The part of its numbers from which a sequence counts as near its end. */
const nearEnd = 0.75;

/** Integer columns of touched tables whose sequence is near its end; not those that the migration enlarges. */
function exhausted({ steps, sequences }: MigrationRun): Found[] {
  const last = steps.at(-1)?.after;
  return sequences.flatMap(({ table, key, column, lastValue, limit }): Found[] => {
    const used = lastValue / limit;
    const step = steps.find(({ locks }) => locks.some(({ oid }) => oid === table));
    if (used < nearEnd || step === undefined) return [];
    const [before, after] = [step.before.columns.get(key), last?.columns.get(key)];
    if (after === undefined || before === undefined || after.length > before.length) return [];
    const name = nameOf(step.before, table);
    const percent = Math.floor(used * 100);
    return [
      {
        at: step.at,
        object: `${name}.${column}`,
        message: `${name}.${column} has reached ${lastValue} of ${limit} (${percent} %): at the end, inserts fail`,
      },
    ];
  });
}

export const keyRules: readonly HazardRule[] = [{ id: "integer-key-exhausted", find: exhausted }];
