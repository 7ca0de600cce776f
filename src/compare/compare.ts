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
import type { DatabaseInput } from "../project/open.ts";
import type { Workspace } from "../project/workspace.ts";
import type { Schema, SchemaObject } from "../schema/model.ts";
import { comparable } from "../shadow/comparable.ts";
import { type Printer, withPrinter } from "../shadow/printer.ts";
import { migrationSources, shadowOptions } from "../sources/of-workspace.ts";
import type { Sources } from "../sources/source.ts";
import { type OpenedSides, openSides, type SidesOptions, sidesOf } from "./sides.ts";

/** The input of a comparison. */
export interface ComparisonOptions extends Omit<SidesOptions, "repaired"> {
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
interface ExplainedSides extends OpenedSides {
  /** The schemas of the migrations, if the document is compared with a live database. */
  readonly migrations: Sources | undefined;
}

async function openExplained(options: ComparisonOptions, workspace: Workspace): Promise<ExplainedSides> {
  const { from, to } = options;
  const stop = new AbortController();
  const explained = from === "document" && to === "live" && workspace.config.chains.length > 0;
  const [sides, migrations] = await Promise.all([
    openSides(options, workspace, stop),
    explained
      ? migrationSources(workspace, { ...shadowOptions(workspace), signal: stop.signal }).catch(
          (error: unknown) => {
            stop.abort();
            throw error;
          },
        )
      : undefined,
  ]);
  return { ...sides, migrations };
}

/** Compares one database of two opened sides. */
async function compareDatabase(
  database: DatabaseInput,
  sides: ExplainedSides,
  { from, phase, ignore }: ComparisonOptions,
  workspace: Workspace,
  printer: Printer,
): Promise<ComparedDatabase> {
  const { key, name } = database;
  const { document } = sides;
  const { phase: at, labels, ...schemas } = sidesOf(database, sides, phase, workspace);
  const { expected, actual, derived } = await comparable(schemas.expected, schemas.actual, printer);
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
  const sides = await openExplained(options, workspace);
  return withPrinter(shadowOptions(workspace), async (printer) => {
    const compared: ComparedDatabase[] = [];
    for (const database of workspace.project.databases)
      compared.push(await compareDatabase(database, sides, options, workspace, printer));
    return compared;
  });
}
