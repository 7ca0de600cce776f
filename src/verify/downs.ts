import { type Change, compareSchemas } from "../diff/compare.ts";
import type { Finding } from "../diff/finding.ts";
import type { Location } from "../errors.ts";
import type { SchemaObject } from "../schema/model.ts";
import type { DownStep } from "../sources/of-downs.ts";
import type { Step } from "../sources/of-migrations.ts";

/** Where a down file speaks of an object. */
export type LocateInDown = (step: DownStep, object: SchemaObject) => Location;

function verdict(change: Change): { code: string; words: string } {
  const object = `${change.object.kind} ${change.object.name}`;
  switch (change.code) {
    case "missing":
      return { code: "down-loses", words: `loses ${object}, which stood before the migration` };
    case "unexpected":
      return { code: "down-leaves", words: `leaves ${object} behind` };
    case "renamed":
      return { code: "down-changes", words: `leaves ${object} under the name ${change.actual.name}` };
    case "changed":
      return {
        code: "down-changes",
        words: `leaves ${change.attribute} of ${object} as ${change.actual ?? "nothing"} instead of ${change.expected ?? "nothing"}`,
      };
  }
}

function downFindings(database: string, step: DownStep, locate: LocateInDown): Finding[] {
  const { file, before, left, failure } = step;
  if (failure !== undefined)
    return [
      {
        code: "down-failed",
        severity: "error",
        database,
        message: `${file.id}.down.sql fails: ${failure.message}`,
        location: failure.location,
        hint: "It must run when its migration is the last one applied.",
      },
    ];
  return compareSchemas(before, left).map((change): Finding => {
    const { kind, name } = change.object;
    const { code, words } = verdict(change);
    return {
      code,
      severity: "error",
      database,
      kind,
      object: name,
      ...(change.code === "changed" && {
        attribute: change.attribute,
        expected: change.expected,
        actual: change.actual,
      }),
      message: `${file.id}.down.sql ${words}`,
      location: locate(step, change.object),
      hint: "A down file undoes its own up file, all of it and no more.",
    };
  });
}

/** Whether each down file leaves exactly what stood before its migration. */
export function undoFindings(
  database: string,
  steps: readonly Step[],
  downs: readonly DownStep[],
  locate: { readonly down: LocateInDown; readonly up: (step: Step) => Location },
): Finding[] {
  const missing = steps
    .filter(({ file }) => file.downPath === undefined)
    .map(
      (step): Finding => ({
        code: "down-missing",
        severity: "warning",
        database,
        message: `${step.file.id} has no down file: it cannot be rolled back`,
        location: locate.up(step),
        hint: `Write ${step.file.id}.down.sql beside it.`,
      }),
    );
  return [...missing, ...downs.flatMap((step) => downFindings(database, step, locate.down))];
}
