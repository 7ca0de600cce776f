import { expectedAt, tablePhases } from "../diff/expectation.ts";
import type { Finding } from "../diff/finding.ts";
import { schemaFindings } from "../diff/findings.ts";
import {
  type IgnoreRule,
  withIgnoredAttributes,
  withoutIgnored,
  withoutIgnoredObjects,
} from "../diff/ignore.ts";
import { uncoveredFindings } from "../diff/uncovered.ts";
import { deferredIndexes } from "../document/deferred.ts";
import { locateObject } from "../document/locate.ts";
import type { DocumentedSchema } from "../document/model.ts";
import { SocratesError } from "../errors.ts";
import type { DatabaseInput } from "../project/open.ts";
import { lastPhaseOf, type Workspace } from "../project/workspace.ts";
import type { Extras } from "../schema/extras.ts";
import type { Schema, SchemaObject } from "../schema/model.ts";
import { Sharing } from "../schema/sharing.ts";
import { comparable } from "../shadow/comparable.ts";
import { type Printer, withPrinter } from "../shadow/printer.ts";
import { migrationSources, openDocument, shadowOptions } from "../sources/of-workspace.ts";
import type { Source, Sources } from "../sources/source.ts";
import { openSources } from "./open-source.ts";

/** The input of a comparison. */
export interface ComparisonOptions {
  /** The expected schema; see {@link openSources}. */
  readonly from: string;
  /** The schema to check. */
  readonly to: string;
  /** Undefined for the phase that a live side has reached. */
  readonly phase: number | undefined;
  /** What to compare in addition, for two live databases. */
  readonly extras?: Extras;
  /** Objects and attributes to leave out, which do not explain other differences either. */
  readonly ignore: readonly IgnoreRule[];
}

/** One database on both sides. */
export interface ComparedDatabase {
  readonly key: string;
  readonly name: string;
  readonly phase: number;
  readonly labels: { readonly expected: string; readonly actual: string };
  readonly expected: Schema;
  readonly actual: Schema;
  readonly findings: readonly Finding[];
}

/** Both opened sides, and what explains their differences. */
interface OpenedSides {
  readonly from: Sources;
  readonly to: Sources;
  /** The schemas of the migrations, if the document is compared with a live database. */
  readonly migrations: Sources | undefined;
  readonly document: DocumentedSchema | undefined;
}

async function openSides(options: ComparisonOptions, workspace: Workspace): Promise<OpenedSides> {
  const { from, to, phase, extras } = options;
  const document = from === "document" || to === "document" ? await openDocument(workspace) : undefined;
  const stop = new AbortController();
  const explained = from === "document" && to === "live" && workspace.config.chains.length > 0;
  const live = { phaseGiven: phase !== undefined, sharing: new Sharing(), ...(extras && { extras }) };
  const expected = openSources(from, workspace, live, stop.signal);
  try {
    const [opened, actual, migrations] = await Promise.all([
      expected,
      // Opens a source once for both sides: an embedded database accepts one connection.
      from === to ? expected : openSources(to, workspace, live, stop.signal),
      explained
        ? migrationSources(workspace, { ...shadowOptions(workspace), signal: stop.signal })
        : undefined,
    ]);
    return { from: opened, to: actual, migrations, document };
  } catch (error) {
    // Cancels the pending work for the other side.
    stop.abort();
    throw error;
  }
}

function sourceFor(sources: Sources, key: string): Source {
  const source = sources.get(key);
  if (source === undefined)
    throw new SocratesError("usage", `one side of the comparison lacks the database ${key}`, {
      hint: "Use sources that have every database, or add --database.",
    });
  return source;
}

/** Compares one database of two opened sides. */
async function compareDatabase(
  { key, name }: DatabaseInput,
  sides: OpenedSides,
  { from, phase, ignore }: ComparisonOptions,
  workspace: Workspace,
  printer: Printer,
): Promise<ComparedDatabase> {
  const { document } = sides;
  const [expectedSource, actualSource] = [sourceFor(sides.from, key), sourceFor(sides.to, key)];
  const at =
    phase ??
    actualSource.reached?.complete ??
    expectedSource.reached?.complete ??
    expectedSource.lastPhase ??
    actualSource.lastPhase ??
    lastPhaseOf(workspace);
  const live = actualSource.at(at);
  const wanted = expectedAt(expectedSource, at, live, tablePhases(document, name), actualSource.reached);
  const { expected, actual, derived } = await comparable(wanted, live, printer);
  const labels = { expected: expectedSource.label, actual: actualSource.label };
  const considered = withoutIgnoredObjects(expected, ignore);
  const comparison = {
    database: key,
    expected: considered,
    actual: withoutIgnoredObjects(withIgnoredAttributes(expected, actual, ignore), ignore),
    // Effects of an ignored column on other objects are reported.
    derived: derived.filter(({ cause }) => considered.objects.has(cause)),
    labels,
    migrations: sides.migrations?.get(key)?.at(at),
    ...(document !== undefined &&
      from === "document" && {
        deferred: deferredIndexes(document),
        locate: (object: SchemaObject, attribute?: string) => locateObject(document, name, object, attribute),
      }),
  };
  const findings = [...schemaFindings(comparison), ...uncoveredFindings(comparison)];
  return { key, name, phase: at, labels, expected, actual, findings: withoutIgnored(findings, ignore) };
}

/** Compares two sources, database by database. @throws SocratesError from the sources */
export async function compareSources(
  options: ComparisonOptions,
  workspace: Workspace,
): Promise<ComparedDatabase[]> {
  const sides = await openSides(options, workspace);
  return withPrinter(shadowOptions(workspace), async (printer) => {
    const compared: ComparedDatabase[] = [];
    for (const database of workspace.project.databases)
      compared.push(await compareDatabase(database, sides, options, workspace, printer));
    return compared;
  });
}
