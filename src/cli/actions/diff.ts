import { expectedAt, type TablePhases } from "../../diff/expectation.ts";
import type { Finding } from "../../diff/finding.ts";
import { schemaFindings } from "../../diff/findings.ts";
import { deferredIndexes } from "../../document/deferred.ts";
import { locateObject } from "../../document/locate.ts";
import type { DocumentedSchema } from "../../document/model.ts";
import { SocratesError } from "../../errors.ts";
import { checkLimit } from "../../migrations/plan.ts";
import { findingsFormats } from "../../report/findings/index.ts";
import { redeparse } from "../../shadow/redeparse.ts";
import type { Source } from "../../sources/source.ts";
import type { Action, Invocation } from "../commands/command.ts";
import { type Context, openContext } from "../context.ts";
import { report, withoutIgnored } from "../findings.ts";
import { choiceOption, flagOption, numberOption, textOption } from "../options.ts";
import { cacheFolders, lastPhaseOf, migrationsSide, openDocument, openSide, type Side } from "../sources.ts";

function ignoredGlobs(options: Invocation["options"]): string[] {
  const globs = options["ignore"];
  return Array.isArray(globs) ? globs.map(String) : [];
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

/** `socrates-db diff` */
export const diffAction: Action = async (invocation) => {
  const { options } = invocation;
  choiceOption(options, "format", findingsFormats, "text");
  const phase = numberOption(options, "phase", 0);
  const from = textOption(options, "from") ?? "document";
  const to = textOption(options, "to") ?? "live";
  const privileges = flagOption(options, "privileges");
  const context = await openContext(invocation);
  const { project } = context;
  if (phase !== undefined) checkLimit(project.chains, { phase });
  const document = from === "document" || to === "document" ? openDocument(context) : undefined;
  const witness =
    from === "document" && to === "live" ? migrationsSide(context, cacheFolders(invocation)) : undefined;
  const open = (spec: string) =>
    openSide(spec, context, invocation, { phaseGiven: phase !== undefined, privileges });
  const first = open(from);
  // One source is opened once: an embedded database lets in nobody twice.
  const [expectedSide, actualSide, migrations] = await Promise.all([
    first,
    from === to ? first : open(to),
    witness,
  ]);
  const findings: Finding[] = [];
  const summary: string[] = [];
  for (const { key, name } of project.databases) {
    const [expectedSource, actualSource] = [sourceFor(expectedSide, key), sourceFor(actualSide, key)];
    const at = phaseFor(phase, expectedSource, actualSource, context);
    const actual = actualSource.at(at);
    const expected = expectedAt(expectedSource, at, actual, phasesOf(document, name), actualSource.reached);
    const comparable = await redeparse(expected, actual);
    findings.push(
      ...schemaFindings({
        database: key,
        expected,
        actual: comparable,
        labels: { expected: expectedSource.label, actual: actualSource.label },
        migrations: migrations?.get(key)?.at(at),
        ...(document !== undefined &&
          from === "document" && {
            deferred: deferredIndexes(document),
            locate: (object, attribute) => locateObject(document, name, object, attribute),
          }),
      }),
      ...uncoveredFindings(key, actual.uncovered),
    );
    summary.push(`${key}: ${expectedSource.label} against ${actualSource.label}, as of phase ${at}`);
  }
  return report(invocation, {
    title: "socrates-db diff",
    findings: withoutIgnored(findings, ignoredGlobs(options)),
    summary,
  });
};

function uncoveredFindings(
  database: string,
  uncovered: readonly { what: string; name: string }[],
): Finding[] {
  return uncovered.map(({ what, name }) => ({
    code: "not-compared",
    severity: "advice",
    database,
    kind: what,
    object: name,
    message: `${what} ${name} is there, but is not compared`,
    hint: "docs/coverage.md lists what is compared and what is not.",
  }));
}
