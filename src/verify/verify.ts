import { type Finding, type Summary, summarise } from "../diff/finding.ts";
import { checkPhase, type Workspace } from "../project/workspace.ts";
import { checkAccess } from "./checks/access.ts";
import type { Check, CheckOptions, CheckResult } from "./checks/check.ts";
import { checkDocument } from "./checks/document.ts";
import { checkIndexes } from "./checks/indexes.ts";
import { checkLedgers } from "./checks/ledger.ts";
import { type CheckName, checkNames, needsOf } from "./checks/names.ts";
import { checkPhases } from "./checks/phases.ts";
import { checkReferences } from "./checks/references.ts";
import { checkSchema } from "./checks/schema.ts";

const checks: Readonly<Record<CheckName, Check>> = {
  schema: checkSchema,
  document: checkDocument,
  phases: checkPhases,
  ledger: checkLedgers,
  indexes: checkIndexes,
  references: checkReferences,
  access: checkAccess,
};

/** The result of one check or all of them. */
export interface VerifyResult extends CheckResult {
  /** The number of findings of each check, including those that another one has already reported; only if all run. */
  readonly checks?: readonly (Summary & { readonly name: CheckName })[];
}

/** Why a check cannot run, because something is not configured; undefined if it can. */
export function notChecked(name: CheckName, { config }: Workspace): string | undefined {
  const { file } = needsOf(name);
  const isConfigured = file === "document" ? config.files.document !== undefined : config.chains.length > 0;
  return file === undefined || isConfigured
    ? undefined
    : `${name}: not checked, no ${file === "document" ? "document is" : "migrations are"} configured`;
}

/** What several checks may report of one object: only the first report counts. */
const once: ReadonlySet<string> = new Set(["missing", "not-compared"]);

function reportedOnce(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ code, database, kind, object }) => {
    const key = JSON.stringify([code, database, kind, object]);
    const isRepeated = once.has(code) && object !== undefined && seen.has(key);
    if (once.has(code)) seen.add(key);
    return !isRepeated;
  });
}

/** The findings on indexes that the schema check has not already reported: one cause is one finding. */
function newInIndexes(indexes: CheckResult, { findings: compared }: CheckResult): CheckResult {
  const keyOf = (database = "", object = "") => `${database} ${object}`;
  const known = new Set(
    compared.flatMap(({ database, object, consequences = [] }) =>
      [object, ...consequences.map((consequence) => consequence.object)].map((name) => keyOf(database, name)),
    ),
  );
  const isNew = ({ database, object, severity }: Finding) =>
    severity === "advice" || object === undefined || !known.has(keyOf(database, object));
  return { ...indexes, findings: indexes.findings.filter(isNew) };
}

/** The findings of several checks, each cause once. */
export function combinedFindings(made: ReadonlyMap<CheckName, CheckResult>): Finding[] {
  const [schema, indexes] = [made.get("schema"), made.get("indexes")];
  const results = [...made.values()].map((result) =>
    result === indexes && schema !== undefined ? newInIndexes(result, schema) : result,
  );
  return reportedOnce(results.flatMap(({ findings }) => findings));
}

/**
 * Runs one check, or all that the configuration allows.
 * @throws SocratesError `config-not-found` for one check that needs a document or migrations; `usage` for a phase
 * without
 * migrations; `interrupted`
 */
export async function verify(
  workspace: Workspace,
  check: CheckName | "all",
  options: CheckOptions,
): Promise<VerifyResult> {
  checkPhase(workspace, options.phase);
  const made = new Map<CheckName, CheckResult>();
  for (const name of check === "all" ? checkNames : [check]) {
    options.signal.throwIfAborted();
    const skipped = check === "all" ? notChecked(name, workspace) : undefined;
    const result = skipped === undefined ? await checks[name](workspace, options) : undefined;
    made.set(name, result ?? { findings: [], summary: skipped === undefined ? [] : [skipped] });
  }
  const results = [...made.values()];
  return {
    findings: combinedFindings(made),
    summary: results.flatMap(({ summary }) => summary),
    passed: results.flatMap(({ passed = [] }) => passed),
    details: Object.assign({}, ...results.map(({ details }) => details ?? {})),
    ...(check === "all" && {
      checks: [...made].map(([name, { findings }]) => ({ name, ...summarise(findings) })),
    }),
  };
}
