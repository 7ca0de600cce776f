import { type Finding, summarise } from "../diff/finding.ts";
import { schemaFindings } from "../diff/findings.ts";
import { uncoveredFindings } from "../diff/uncovered.ts";
import type { MigrationFile } from "../migrations/files.ts";
import type { DerivedChange } from "../schema/derived-change.ts";
import { keyOf, type ObjectKey, type Schema } from "../schema/model.ts";
import { sameObjects } from "../schema/same.ts";
import type { ShadowOptions } from "../shadow/cache.ts";
import { findDerivedChanges } from "../shadow/derived-changes.ts";
import { type Printer, withPrinter } from "../shadow/printer.ts";
import { redeparse } from "../shadow/redeparse.ts";
import { withoutAbsent } from "../shadow/without-absent.ts";
import { locateInFile, statementFor } from "../sources/locate-in-file.ts";
import { type ChainSchemas, everything, type Step } from "../sources/of-migrations.ts";
import { accepted } from "./accepted-differences.ts";

/** A live database and its chain. */
export interface Candidate {
  /** Key of the database. */
  readonly database: string;
  readonly label: string;
  readonly live: Schema;
  readonly chain: ChainSchemas;
  /** Names of indexes that are commented out in the document. */
  readonly deferred: ReadonlySet<string>;
}

/**
 * The result for a database: it `fits` a point, `differs` from each, or is `empty` of the chain's objects. The point
 * is the matching one or the nearest; `findings` are the differences from it.
 */
export type Match =
  | { readonly state: "empty"; readonly findings: readonly Finding[] }
  | {
      readonly state: "fits" | "differs";
      /** The migrations up to the point. */
      readonly files: readonly MigrationFile[];
      readonly point: MigrationFile;
      readonly findings: readonly Finding[];
    };

/** The first step that creates an object. */
function makerOf({ steps }: ChainSchemas, key: ObjectKey): Step | undefined {
  return steps.find(({ before, after }) => after.objects.has(key) && !before.objects.has(key));
}

/** @param isPoint whether this is the nearest step, for which all that is not compared is named */
function findingsAt(
  { after, file }: Step,
  candidate: Candidate,
  live: Schema,
  all: Schema,
  { derived = [], isPoint = false }: { derived?: readonly DerivedChange[]; isPoint?: boolean } = {},
): Finding[] {
  const { database, label, chain, deferred } = candidate;
  const [expected, actual] = withoutAbsent(after, live);
  const labels = { expected: `the chain at ${file.id}`, actual: label };
  const comparison = { database, expected, actual, labels, derived };
  const findings = schemaFindings(comparison).map((finding) => {
    const known = [...after.objects.values(), ...live.objects.values()];
    const object = known.find(({ kind, name }) => kind === finding.kind && name === finding.object);
    if (object === undefined) return finding;
    const maker = makerOf(chain, keyOf(object.kind, object.name));
    const source = maker?.file.source;
    const judged = accepted({
      finding,
      object,
      chain: all,
      deferred,
      sql: source === undefined ? undefined : statementFor(source, object),
    });
    const hint =
      judged.hint ??
      (maker === undefined
        ? "No migration creates it: drop it, and add it with a migration after adopting."
        : `${maker.file.id} creates it.`);
    return {
      ...judged,
      hint,
      ...(source !== undefined && { location: locateInFile(source, object, finding.attribute) }),
    };
  });
  return isPoint ? [...findings, ...uncoveredFindings(comparison)] : findings;
}

/** Fewer errors are nearer. Among matching points, fewer other findings are nearer; otherwise the later point. */
function isNearer(a: readonly Finding[], b: readonly Finding[]): boolean {
  const [errors, others] = [summarise(a).errors, summarise(b).errors];
  return errors < others || (errors === others && (errors > 0 || a.length <= b.length));
}

function ambiguity(database: string, point: Step, twin: Step): Finding {
  return {
    code: "ambiguous-point",
    severity: "warning",
    database,
    message: `the schema is the same after ${twin.file.id} and after ${point.file.id}: the later one is recorded`,
    hint: `See whether ${point.file.id} was run: it changes only rows, or nothing that is compared.`,
  };
}

/** Whether a schema has its objects in the same state as another one. */
function sameIn(schema: Schema, other: Schema): boolean {
  return [...schema.objects].every(
    ([key, object]) => JSON.stringify(object) === JSON.stringify(other.objects.get(key)),
  );
}

/**
 * Finds the point of a chain that a live schema equals, by comparing it with the schema after each migration.
 * Expressions are first deparsed by the version that has deparsed the chain's.
 */
export async function findMatch(candidate: Candidate, shadow: ShadowOptions): Promise<Match> {
  return withPrinter(shadow, (printer) => matchOf(candidate, printer));
}

async function matchOf(candidate: Candidate, printer: Printer): Promise<Match> {
  const { database, chain } = candidate;
  const all = everything(chain);
  const isOwn = (key: ObjectKey) => !/^(schema|extension) /.test(key) && all.objects.has(key);
  if (![...candidate.live.objects.keys()].some(isOwn)) return { state: "empty", findings: [] };
  const live = await redeparse(all, candidate.live, printer);
  let best: { step: Step; findings: readonly Finding[] } | undefined;
  for (const step of chain.steps) {
    const findings = findingsAt(step, candidate, live, all);
    if (best === undefined || isNearer(findings, best.findings)) best = { step, findings };
  }
  if (best === undefined) return { state: "empty", findings: [] };
  const { step: point } = best;
  // Objects that a later migration changes were compared with their last state only.
  const printed = sameIn(point.after, all) ? live : await redeparse(point.after, live, printer);
  const derived = await findDerivedChanges(point.after, printed, printer);
  const findings = findingsAt(point, candidate, printed, all, { derived, isPoint: true });
  const twin = chain.steps.find(
    (step) => step.after === point.before && sameObjects(step.after, point.after),
  );
  const files = chain.steps.slice(0, chain.steps.indexOf(point) + 1).map(({ file }) => file);
  return {
    state: summarise(findings).errors === 0 ? "fits" : "differs",
    files,
    point: point.file,
    findings: [...findings, ...(twin === undefined ? [] : [ambiguity(database, point, twin)])],
  };
}
