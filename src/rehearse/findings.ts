import type { Finding } from "../diff/finding.ts";
import { type AcceptedHazard, readDirectives } from "../migrations/directives.ts";
import { nearest } from "../nearest.ts";
import { fileError, locate } from "../sql/source-file.ts";
import type { Found, Hazard } from "./hazards/hazard.ts";
import { findHazards, hazardOf, hazards } from "./hazards/index.ts";
import type { MigrationRun } from "./hazards/run.ts";
import { isMeasured } from "./outcome.ts";
import type { RehearsedScript } from "./rehearse-chain.ts";
import type { SequenceUse } from "./sizes/sequences.ts";
import type { Rehearsed } from "./statements.ts";
import { refusedBy } from "./version-rules.ts";

function runOf(
  { outcomes, inTransaction, known }: RehearsedScript,
  sequences: readonly SequenceUse[],
): MigrationRun {
  const steps = outcomes.flatMap((outcome, at) => (isMeasured(outcome) ? [{ ...outcome, at, known }] : []));
  return { outcomes, steps, inTransaction, sequences };
}

/** Refuses a hazard that does not exist. @throws SocratesError `file-invalid` */
function checkAccepted({ file: { source } }: RehearsedScript, { hazard, offset }: AcceptedHazard): void {
  const ids = hazards.map(({ id }) => id);
  if (ids.includes(hazard)) return;
  const near = nearest(hazard, ids);
  throw fileError(
    source,
    offset,
    `unknown hazard "${hazard}"`,
    near === undefined ? "docs/hazards.md lists them." : `Did you mean "${near}"?`,
  );
}

/** What the target's version refuses, and otherwise the hazards of each statement. */
function foundIn(
  script: RehearsedScript,
  { version, sizes }: Rehearsed,
): { readonly hazard: Hazard; readonly found: Found }[] {
  const refused = script.outcomes.flatMap((outcome, at) => {
    const reason = refusedBy(outcome, version);
    return reason === undefined
      ? []
      : [{ hazard: hazardOf("refused-by-target-version"), found: { at, message: reason } }];
  });
  const without = new Set(refused.map(({ found }) => found.at));
  return [
    ...refused,
    ...findHazards(runOf(script, sizes?.sequences ?? [])).filter(({ found }) => !without.has(found.at)),
  ];
}

function findingOf(
  { file, outcomes }: RehearsedScript,
  { hazard, found: { at, object, message, instead } }: { readonly hazard: Hazard; readonly found: Found },
): Finding {
  const outcome = outcomes[at];
  const isFailing = outcome !== undefined && !isMeasured(outcome);
  return {
    code: hazard.id,
    severity: isFailing ? "error" : hazard.severity,
    database: file.database,
    ...(object !== undefined && { object }),
    message: `${hazard.id}: ${message}`,
    ...(outcome !== undefined && { location: locate(file.source, outcome.statement.offset).location }),
    hint: instead ?? hazard.instead,
  };
}

/** Statements that fail for a reason that no hazard states. */
function unexplained(script: RehearsedScript, explained: ReadonlySet<number>): Finding[] {
  return script.outcomes.flatMap((outcome, at): Finding[] => {
    if (isMeasured(outcome) || outcome.error === undefined || explained.has(at)) return [];
    const { error, lacking, statement } = outcome;
    return [
      {
        code: "not-measured",
        severity: "error",
        database: script.file.database,
        message: `not-measured: ${lacking ? "the shadow lacks what it needs" : "it fails in the shadow"}: ${error.message}`,
        location: locate(script.file.source, statement.offset).location,
        hint: lacking
          ? "Choose a server for shadows that has it: --shadow URL."
          : "Correct the statement; or, if it needs rows or objects that only the target has, rehearse it on a copy.",
      },
    ];
  });
}

/** Acceptances that nothing needs. */
function unused(
  script: RehearsedScript,
  accepts: readonly AcceptedHazard[],
  used: ReadonlySet<string>,
): Finding[] {
  return accepts
    .filter(({ hazard }) => !used.has(hazard))
    .map(({ hazard, offset }) => ({
      code: "unused-accept",
      severity: "advice",
      database: script.file.database,
      message: `unused-accept: ${hazard} is accepted, and the file does not have it`,
      location: locate(script.file.source, offset).location,
      hint: "Remove the directive.",
    }));
}

/** Files that were not run, as one before them fails. */
function notRun({ plan, notRun: files }: Rehearsed): Finding[] {
  return files.map(({ source }) => ({
    code: "not-measured",
    severity: "error",
    database: plan.key,
    message: "not-measured: a file before it fails",
    location: locate(source, 0).location,
    hint: "Correct that file first.",
  }));
}

/**
 * What a rehearsal found in the files of one database, without what they accept.
 * @throws SocratesError `file-invalid` for an accepted hazard that does not exist
 */
export function findingsOf(rehearsed: Rehearsed): Finding[] {
  const ofScripts = rehearsed.scripts.flatMap((script) => {
    const { accepts } = readDirectives(script.file.source);
    for (const accepted of accepts) checkAccepted(script, accepted);
    const found = foundIn(script, rehearsed);
    const accepted = new Set(accepts.map(({ hazard }) => hazard));
    const explained = new Set(found.map(({ found: { at } }) => at));
    return [
      ...found.filter(({ hazard }) => !accepted.has(hazard.id)).map((one) => findingOf(script, one)),
      ...unexplained(script, explained),
      ...unused(script, accepts, new Set(found.map(({ hazard }) => hazard.id))),
    ];
  });
  return [...ofScripts, ...notRun(rehearsed)];
}
