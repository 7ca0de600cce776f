import type { Change } from "../diff/change.ts";
import { compareSchemas } from "../diff/compare.ts";
import type { Finding } from "../diff/finding.ts";
import { attributeText, changedParts } from "../diff/findings.ts";
import type { Location } from "../errors.ts";
import type { FindDerivedChanges } from "../schema/derived-change.ts";
import type { SchemaObject } from "../schema/model.ts";
import type { DownStep } from "../sources/of-downs.ts";
import type { Step } from "../sources/of-migrations.ts";

/** Where a down file mentions an object. */
export type LocateInDown = (step: DownStep, object: SchemaObject) => Location;

function verdict(change: Change): { code: string; words: string } {
  const object = `${change.object.kind} ${change.object.name}`;
  switch (change.code) {
    case "missing":
      return { code: "down-loses", words: `loses ${object}, which existed before the migration` };
    case "unexpected":
      return { code: "down-leaves", words: `leaves ${object} behind` };
    case "renamed":
      return { code: "down-changes", words: `leaves ${object} under the name ${change.actual.name}` };
    case "changed":
      return {
        code: "down-changes",
        words: `leaves ${object} changed: ${change.attributes.map(attributeText).join("; ")}`,
      };
  }
}

async function downFindings(
  database: string,
  step: DownStep,
  locate: LocateInDown,
  findDerived: FindDerivedChanges,
): Promise<Finding[]> {
  const { file, before, left, failure } = step;
  if (failure !== undefined)
    return [
      {
        code: "down-failed",
        severity: "error",
        database,
        message: `${file.id}.down.sql fails: ${failure.message}`,
        location: failure.location,
        hint: "It must run after its migration was applied last.",
      },
    ];
  return compareSchemas(before, left, await findDerived(before, left)).map((change): Finding => {
    const { kind, name } = change.object;
    const { code, words } = verdict(change);
    return {
      code,
      severity: "error",
      database,
      kind,
      object: name,
      ...changedParts(change),
      message: `${file.id}.down.sql ${words}`,
      location: locate(step, change.object),
      hint: "A down file must reverse its up file, completely and nothing else.",
    };
  });
}

/**
 * Whether each down file restores exactly the schema before its migration.
 * @param withoutDown steps without a down file that are not marked irreversible
 */
export async function undoFindings(
  database: string,
  withoutDown: readonly Step[],
  downs: readonly DownStep[],
  locate: { readonly down: LocateInDown; readonly up: (step: Step) => Location },
  findDerived: FindDerivedChanges,
): Promise<Finding[]> {
  const missing = withoutDown.map(
    (step): Finding => ({
      code: "down-missing",
      severity: "warning",
      database,
      message: `${step.file.id} has no down file with a statement: it cannot be rolled back`,
      location: locate.up(step),
      hint: `Write ${step.file.id}.down.sql next to it, or mark it with "-- socrates-db: irreversible".`,
    }),
  );
  const found = await Promise.all(
    downs.map((step) => downFindings(database, step, locate.down, findDerived)),
  );
  return [...missing, ...found.flat()];
}
