import type { Found, HazardRule } from "../hazard.ts";
import { added, knownTables, type MigrationRun, nameOf, type Step, stays, takes } from "../run.ts";

/** Pairs of partition and parent that a statement adds or removes, whose parent is closed to reads. */
function closedParents(
  step: Step,
  change: "added" | "removed",
): (readonly [child: number, parent: number])[] {
  const { before, after } = step;
  const pairs =
    change === "added" ? added(before.parents, after.parents) : added(after.parents, before.parents);
  return pairs.filter(
    ([, parent]) =>
      step.known.has(parent) &&
      before.relations.get(parent)?.kind === "p" &&
      takes(step, parent, "AccessExclusiveLock"),
  );
}

function made({ steps }: MigrationRun): Found[] {
  return steps.flatMap((step) =>
    closedParents(step, "added").flatMap(([child, parent]): Found[] => {
      if (step.before.relations.has(child)) return [];
      const [own, of] = [nameOf(step.after, child), nameOf(step.before, parent)];
      return [
        {
          at: step.at,
          object: of,
          message: `${of} is closed to reads, with all partitions, until the commit that makes ${own}`,
          instead: `CREATE TABLE ${own} (LIKE ${of} INCLUDING ALL);\nALTER TABLE ${of} ATTACH PARTITION ${own} FOR VALUES …;`,
        },
      ];
    }),
  );
}

function removed(isDropped: boolean): HazardRule["find"] {
  return ({ steps }) =>
    steps.flatMap((step) =>
      closedParents(step, "removed").flatMap(([child, parent]): Found[] => {
        if (stays(step, child) === isDropped || !stays(step, parent)) return [];
        const [own, of] = [nameOf(step.before, child), nameOf(step.before, parent)];
        const detach = `-- socrates-db: no-transaction\nALTER TABLE ${of} DETACH PARTITION ${own} CONCURRENTLY;`;
        return [
          {
            at: step.at,
            object: of,
            message: `${of} is closed to reads until the commit that ${isDropped ? "drops" : "detaches"} ${own}`,
            instead: isDropped ? `${detach}\n-- in a second file: DROP TABLE ${own};` : detach,
          },
        ];
      }),
    );
}

/** The topmost table of a tree. */
function rootOf({ before }: Step, oid: number): number {
  const parent = before.parents.get(oid);
  return parent === undefined ? oid : rootOf({ before } as Step, parent);
}

/** From this number on, the locks of one tree are many. */
const many = 3;

function trees({ steps }: MigrationRun): Found[] {
  return steps.flatMap((step) => {
    const closed = new Map<number, string[]>();
    for (const [oid, { name }] of knownTables(step))
      if (takes(step, oid, "AccessExclusiveLock")) {
        const root = rootOf(step, oid);
        closed.set(root, [...(closed.get(root) ?? []), name]);
      }
    return [...closed].flatMap(([root, names]): Found[] => {
      const of = nameOf(step.before, root);
      const message = `${of} and its partitions are closed to reads, ${names.length} tables together, until the commit`;
      return names.length < many ? [] : [{ at: step.at, object: of, message }];
    });
  });
}

export const partitionRules: readonly HazardRule[] = [
  { id: "partition-of-locks-parent", find: made },
  { id: "partition-drop-locks-parent", find: removed(true) },
  { id: "detach-not-concurrent", find: removed(false) },
  { id: "many-locks", find: trees },
];
