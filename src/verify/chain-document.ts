import { expectedAt, type TablePhases } from "../diff/expectation.ts";
import type { Finding } from "../diff/finding.ts";
import { schemaFindings } from "../diff/findings.ts";
import type { Location } from "../errors.ts";
import type { FindDerivedChanges } from "../schema/derived-change.ts";
import { keyOf, type SchemaObject } from "../schema/model.ts";
import { type ChainSchemas, phasesOf, type Step } from "../sources/of-migrations.ts";
import type { Source } from "../sources/source.ts";

/** A chain of migrations and the document that it should result in. */
export interface ChainAndDocument {
  /** Key of the database. */
  readonly database: string;
  readonly chain: ChainSchemas;
  readonly document: Source;
  readonly lastPhase: number;
  readonly tables: TablePhases;
  readonly deferred: ReadonlySet<string>;
  /** Where the document defines an object. */
  readonly locate: (object: SchemaObject, attribute?: string) => Location | undefined;
  readonly findDerived: FindDerivedChanges;
  /** Where a migration defines an object. */
  readonly locateStep: (step: Step, object: SchemaObject) => Location;
}

/** The migration that created an object or changed it last, and the place in its file. */
function makerOf({ chain: { steps }, locateStep }: ChainAndDocument, object: SchemaObject) {
  const key = keyOf(object.kind, object.name);
  const step = steps.findLast(
    ({ before, after }) =>
      after.objects.has(key) &&
      JSON.stringify(before.objects.get(key)) !== JSON.stringify(after.objects.get(key)),
  );
  const made = step?.after.objects.get(key);
  return step === undefined || made === undefined
    ? undefined
    : { file: step.file, location: locateStep(step, made) };
}

/** The objects that migrations of later phases amend: only then are they as documented. */
function amendedAfter(phase: number, { steps }: ChainSchemas): ReadonlySet<string> {
  const amending = steps.filter(({ file }) => file.amends && file.phase > phase);
  return new Set(
    amending.flatMap(({ before, after }) =>
      [...new Set([...before.objects.keys(), ...after.objects.keys()])].filter(
        (key) => JSON.stringify(before.objects.get(key)) !== JSON.stringify(after.objects.get(key)),
      ),
    ),
  );
}

/**
 * Whether the chain matches the document at the end of each phase; a difference at several phases is reported once.
 */
export async function chainDocumentFindings(check: ChainAndDocument): Promise<Finding[]> {
  const { database, chain, document, lastPhase, tables, deferred, locate, findDerived } = check;
  const found = new Map<string, Finding>();
  for (const [phase, actual] of phasesOf(chain, lastPhase).entries()) {
    const expected = expectedAt(document, phase, actual, tables, undefined);
    const findings = schemaFindings({
      database,
      expected,
      actual,
      derived: await findDerived(expected, actual),
      labels: { expected: document.label, actual: "the migrations" },
      deferred,
      locate,
    });
    const amended = amendedAfter(phase, chain);
    for (const finding of findings) {
      if (amended.has(`${finding.kind} ${finding.object}`)) continue;
      const attributes = finding.attributes?.map(({ name }) => name);
      const key = JSON.stringify([finding.code, finding.kind, finding.object, attributes]);
      if (found.has(key)) continue;
      const object = [...actual.objects.values(), ...expected.objects.values()].find(
        ({ kind, name }) => kind === finding.kind && name === finding.object,
      );
      const maker = object === undefined ? undefined : makerOf(check, object);
      const location = finding.location ?? maker?.location;
      const since = `first ${finding.code} after phase ${phase}`;
      const by =
        maker === undefined
          ? `No migration creates it (${since})`
          : `Created by ${maker.file.id} of phase ${maker.file.phase} (${maker.location.file}:${maker.location.line}), ${since}`;
      found.set(key, {
        ...finding,
        ...(location !== undefined && { location }),
        hint: `${by}. Fix the document or add a migration.`,
      });
    }
  }
  return [...found.values()];
}
