import { expectedAt, type TablePhases } from "../diff/expectation.ts";
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
import type { Schema, SchemaObject } from "../schema/model.ts";
import { Sharing } from "../schema/sharing.ts";
import { comparable } from "../shadow/comparable.ts";
import { withPrinter } from "../shadow/printer.ts";
import type { Source } from "../sources/source.ts";
import type { Invocation } from "./commands/command.ts";
import type { Context } from "./context.ts";
import { cacheFolders, lastPhaseOf, migrationsSide, openDocument, openSide, type Side } from "./sources.ts";

/** What is compared: two sources as a user calls them. */
export interface ComparisonRequest {
  readonly from: string;
  readonly to: string;
  /** Undefined for the phase that a live side has reached. */
  readonly phase: number | undefined;
  readonly privileges: boolean;
  /** Objects and attributes that are left out, and explain nothing either. */
  readonly ignore?: readonly IgnoreRule[];
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

function sourceFor(side: Side, key: string): Source {
  const source = side.get(key);
  if (source === undefined)
    throw new SocratesError("usage", `there is nothing to compare for ${key}`, {
      hint: "Name sources that have both databases, or add --database.",
    });
  return source;
}

/** The phase to compare at: the one asked for, else what a live side has reached, else the last one. */
function phaseFor(given: number | undefined, from: Source, to: Source, context: Context): number {
  return (
    given ??
    to.reached?.complete ??
    from.reached?.complete ??
    from.lastPhase ??
    to.lastPhase ??
    lastPhaseOf(context)
  );
}

function phasesOf(document: DocumentedSchema | undefined, name: string): TablePhases {
  const tables = document?.tables.filter(({ database }) => database === name) ?? [];
  return new Map(tables.map((table) => [table.name, table.phase]));
}

/** Compares two sources, database by database. @throws SocratesError from the sources */
export async function compareSources(
  { from, to, phase, privileges, ignore = [] }: ComparisonRequest,
  context: Context,
  invocation: Invocation,
): Promise<ComparedDatabase[]> {
  const document =
    from === "document" || to === "document" ? await openDocument(context, invocation) : undefined;
  const stop = new AbortController();
  const witness =
    from === "document" && to === "live" && context.config.chains.length > 0
      ? migrationsSide(context, { ...cacheFolders(invocation), signal: stop.signal })
      : undefined;
  const sharing = new Sharing();
  const open = (spec: string) =>
    openSide(
      spec,
      context,
      invocation,
      { phaseGiven: phase !== undefined, privileges, sharing },
      stop.signal,
    );
  const first = open(from);
  // One source is opened once: an embedded database lets in nobody twice.
  const [expectedSide, actualSide, migrations] = await Promise.all([
    first,
    from === to ? first : open(to),
    witness,
  ]).catch((error: unknown) => {
    // What the other side is making is of no use any more.
    stop.abort();
    throw error;
  });
  const compared: ComparedDatabase[] = [];
  await withPrinter(async (printer) => {
    for (const { key, name } of context.project.databases) {
      const [expectedSource, actualSource] = [sourceFor(expectedSide, key), sourceFor(actualSide, key)];
      const at = phaseFor(phase, expectedSource, actualSource, context);
      const live = actualSource.at(at);
      const expected = expectedAt(expectedSource, at, live, phasesOf(document, name), actualSource.reached);
      const { actual, echoes } = await comparable(expected, live, printer);
      const labels = { expected: expectedSource.label, actual: actualSource.label };
      const considered = withoutIgnoredObjects(expected, ignore);
      const comparison = {
        database: key,
        expected: considered,
        actual: withoutIgnoredObjects(withIgnoredAttributes(expected, actual, ignore), ignore),
        // What an ignored column writes into other objects is reported of these.
        echoes: echoes.filter(({ cause }) => considered.objects.has(cause)),
        labels,
        migrations: migrations?.get(key)?.at(at),
        ...(document !== undefined &&
          from === "document" && {
            deferred: deferredIndexes(document),
            locate: (object: SchemaObject, attribute?: string) =>
              locateObject(document, name, object, attribute),
          }),
      };
      const findings = withoutIgnored(
        [...schemaFindings(comparison), ...uncoveredFindings(comparison)],
        ignore,
      );
      compared.push({ key, name, phase: at, labels, expected, actual, findings });
    }
  });
  return compared;
}
