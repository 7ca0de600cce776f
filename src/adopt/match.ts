import { type Finding, summarise } from "../diff/finding.ts";
import { schemaFindings } from "../diff/findings.ts";
import type { MigrationFile } from "../migrations/files.ts";
import type { DerivedChange } from "../schema/derived-change.ts";
import { keyOf, type ObjectKey, type Schema } from "../schema/model.ts";
import { sameObjects } from "../schema/same.ts";
import { findDerivedChanges } from "../shadow/derived-changes.ts";
import { type Printer, withPrinter } from "../shadow/printer.ts";
import { redeparse } from "../shadow/redeparse.ts";
import { locateInFile, statementFor } from "../sources/locate-in-file.ts";
import { type ChainSchemas, everything, type Step } from "../sources/of-migrations.ts";
import { accepted } from "./accepted-differences.ts";

/** A live database and the chain on which its place is looked for. */
export interface Candidate {
  /** Key of the database. */
  readonly database: string;
  readonly label: string;
  readonly live: Schema;
  readonly chain: ChainSchemas;
  /** Names of indexes that the document has commented out. */
  readonly deferred: ReadonlySet<string>;
}

/**
 * Where a database stands on its chain: `fits` a point, `differs` from each, or is `empty` of all that the chain makes.
 * The point is the one it fits, or the nearest; `findings` say how it differs from there.
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

/** The first step that makes an object. */
function makerOf({ steps }: ChainSchemas, key: ObjectKey): Step | undefined {
  return steps.find(({ before, after }) => after.objects.has(key) && !before.objects.has(key));
}

function findingsAt(
  { after, file }: Step,
  candidate: Candidate,
  live: Schema,
  all: Schema,
  derived: readonly DerivedChange[] = [],
): Finding[] {
  const { database, label, chain, deferred } = candidate;
  const labels = { expected: `the chain at ${file.id}`, actual: label };
  return schemaFindings({ database, expected: after, actual: live, labels, derived }).map((finding) => {
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
}

/** Fewer errors are nearer. Among points that fit, so are fewer other findings; else the later point is. */
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

/** Whether a schema has its objects as another one has them. */
function sameIn(schema: Schema, other: Schema): boolean {
  return [...schema.objects].every(
    ([key, object]) => JSON.stringify(object) === JSON.stringify(other.objects.get(key)),
  );
}

/**
 * Finds the point of a chain that a live schema equals, by comparing it with the schema after each migration.
 * Expressions are first printed by the version that has printed those of the chain.
 */
export async function findMatch(candidate: Candidate): Promise<Match> {
  return withPrinter((printer) => matchOf(candidate, printer));
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
  // What a later migration changes was printed against its last form only.
  const printed = sameIn(point.after, all) ? live : await redeparse(point.after, live, printer);
  const derived = await findDerivedChanges(point.after, printed, printer);
  const findings = findingsAt(point, candidate, printed, all, derived);
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
