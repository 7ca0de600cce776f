import type { Change } from "../diff/change.ts";
import { compareSchemas } from "../diff/compare.ts";
import type { Finding } from "../diff/finding.ts";
import { changedParts } from "../diff/findings.ts";
import type { Location } from "../errors.ts";
import type { MigrationFile } from "../migrations/files.ts";
import type { FindDerivedChanges } from "../schema/derived-change.ts";
import { hostOf, isPlainIndex } from "../schema/hosts.ts";
import { keyOf, type ObjectKey, type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import type { Severity } from "../severity.ts";
import type { Step } from "../sources/of-migrations.ts";
import { concurrentIndex, splitStatements } from "../sql/statements.ts";

/** The migration that created each object of a schema. */
type Makers = ReadonlyMap<ObjectKey, MigrationFile>;

/** Where a migration defines an object. */
export type LocateInStep = (step: Step, object: SchemaObject, attribute?: string) => Location;

/** The migration of an earlier phase that created an object, or the object that contains it. */
function earlierMaker(object: SchemaObject, phase: number, makers: Makers): MigrationFile | undefined {
  const own = makers.get(keyOf(object.kind, object.name));
  const host = hostOf(object);
  const maker = own ?? (host === undefined ? undefined : makers.get(host));
  return maker !== undefined && maker.phase < phase ? maker : undefined;
}

function only(schema: Schema, keep: (object: SchemaObject) => boolean): Schema {
  return schemaOf([...schema.objects.values()].filter(keep), [], schema.serverVersion);
}

/** The creators after one more migration; objects of an empty database have none. */
function makersAfter({ file, before, after }: Step, makers: Makers): Makers {
  return new Map(
    [...after.objects.keys()].flatMap((key) => {
      const maker = before.objects.has(key) ? makers.get(key) : file;
      return maker === undefined ? [] : [[key, maker] as const];
    }),
  );
}

/** How a change affects an earlier phase, as text after the migration's name. */
function violationOf(change: Change): { code: string; words: string } {
  const { kind, name } = change.object;
  const object = `${kind} ${name}`;
  switch (change.code) {
    case "missing":
      return { code: "drops-earlier", words: `drops ${object}` };
    case "renamed":
      return { code: "alters-earlier", words: `renames ${object} to ${change.actual.name}` };
    case "changed":
      return {
        code: "alters-earlier",
        words: `changes ${object}: ${change.attributes.map(({ name, expected, actual }) => `${name} from ${expected ?? "nothing"} to ${actual ?? "nothing"}`).join("; ")}`,
      };
    case "unexpected":
      return {
        code: isPlainIndex(change.object) ? "indexes-earlier" : "alters-earlier",
        words: `adds ${object}`,
      };
  }
}

/** Whether the only statement of a file builds its index while the table stays available. */
function buildsConcurrently(text: string): boolean {
  return splitStatements(text).some((statement) => concurrentIndex(statement) !== undefined);
}

function severityOf(code: string, amends: boolean, isConcurrent: boolean): Severity {
  if (code === "indexes-earlier") return isConcurrent ? "advice" : "warning";
  return amends ? "advice" : "error";
}

/** How one migration changes objects of earlier phases. */
async function stepFindings(
  database: string,
  step: Step,
  makers: Makers,
  locate: LocateInStep,
  findDerived: FindDerivedChanges,
): Promise<Finding[]> {
  const { file, before, after } = step;
  const isConcurrent = file.noTransaction && buildsConcurrently(file.source.text);
  const isEarlier = (object: SchemaObject) => earlierMaker(object, file.phase, makers) !== undefined;
  const was = only(before, isEarlier);
  const is = only(after, (object) => {
    const key = keyOf(object.kind, object.name);
    return was.objects.has(key) || (!before.objects.has(key) && isEarlier(object));
  });
  const derived = await findDerived(before, after);
  return compareSchemas(was, is, derived).map((change): Finding => {
    const { kind, name } = change.object;
    const { code, words } = violationOf(change);
    const changed = changedParts(change);
    const maker = earlierMaker(change.object, file.phase, makers);
    return {
      code,
      severity: severityOf(code, file.amends, isConcurrent),
      database,
      kind,
      object: name,
      ...changed,
      message: `${file.id} of phase ${file.phase} ${words}, but ${maker?.id} of phase ${maker?.phase} created ${code === "drops-earlier" || change.code === "changed" || change.code === "renamed" ? "it" : "its table"}`,
      location: locate(step, change.object, changed.attribute),
      hint:
        code === "indexes-earlier"
          ? isConcurrent
            ? "It is built CONCURRENTLY, so the table stays available."
            : "Building it locks a table in use: use CREATE INDEX CONCURRENTLY in a no-transaction migration instead."
          : file.amends
            ? "The migration is marked with the directive amends."
            : "Later phases only add: use a new object instead.",
    };
  });
}

/** Whether later phases only add: no migration alters or drops objects of an earlier phase, unless it says that it amends them. */
export async function additionFindings(
  database: string,
  steps: readonly Step[],
  locate: LocateInStep,
  findDerived: FindDerivedChanges,
): Promise<Finding[]> {
  let makers: Makers = new Map();
  const findings: Finding[] = [];
  for (const step of steps) {
    findings.push(...(await stepFindings(database, step, makers, locate, findDerived)));
    makers = makersAfter(step, makers);
  }
  return findings;
}
