import { keyOf, type ObjectKey } from "../schema/model.ts";
import type { Fates } from "./fates.ts";
import type { RepairSteps } from "./repair-steps.ts";
import type { Step } from "./steps.ts";

/** Two steps of one transaction: what the first takes away, the last puts back. */
export type Bond = readonly [first: Step, last: Step];

/** What is dropped and created again, defaults that are taken away and set again, and types that are set aside. */
export function bondsOf({ takes, creates, loosens, alters, ends }: RepairSteps, { of }: Fates): Bond[] {
  const rebuilt = new Map([...takes].filter(([key]) => of.get(key) === "rebuild"));
  const pairs = [
    [rebuilt, creates],
    [loosens, alters],
    [takes, ends],
  ] as const;
  return pairs.flatMap(([firsts, lasts]) =>
    [...firsts].flatMap(([key, first]): Bond[] => {
      const last = lasts.get(key);
      return last === undefined ? [] : [[first, last]];
    }),
  );
}

function earlierSteps(step: Step): ReadonlySet<Step> {
  const found = new Set(step.after);
  // A set also visits what is added meanwhile.
  for (const one of found) for (const earlier of one.after) found.add(earlier);
  return found;
}

/**
 * Moves the steps that run alone before the bonds that need them, so that no other session sees what is taken away
 * and not yet put back.
 * @returns the objects of steps for which that is impossible, as they also need the first step of the bond
 */
export function keepBonds(all: readonly Step[], bonds: readonly Bond[]): ReadonlySet<ObjectKey> {
  const impossible = new Set<ObjectKey>();
  if (all.every(({ mode }) => mode === "together")) return impossible;
  for (let isChanged = true; isChanged; ) {
    isChanged = false;
    for (const [first, last] of bonds)
      for (const step of earlierSteps(last)) {
        if (step.mode === "together" || step === first || first.after.has(step)) continue;
        const earlier = earlierSteps(step);
        if (earlier.has(first)) impossible.add(keyOf(step.kind, step.name));
        else if (!earlierSteps(first).has(step)) {
          first.after.add(step);
          isChanged = true;
        }
      }
  }
  return impossible;
}
