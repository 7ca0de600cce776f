import type { Finding } from "../diff/finding.ts";
import type { SchemaObject } from "../schema/model.ts";
import type { CheckResult } from "../verify/checks/check.ts";
import type { Drift, IndexVerdict, Life } from "./model.ts";

/** The verdicts of `verify indexes` for the indexes of one database. */
export type Verdicts = (object: SchemaObject, life: Life, drift: Drift | undefined) => IndexVerdict;

/**
 * Reads the verdicts of one database from the result of the check.
 * @param result undefined if the check did not run
 * @param reached the phase of the live database; undefined if it was not read
 */
export function verdictsOf(
  database: string,
  result: CheckResult | undefined,
  reached: number | undefined,
): Verdicts {
  const passed = new Set(
    result?.passed?.filter((test) => test.database === database).map(({ name }) => name) ?? [],
  );
  const about = new Map<string, Finding[]>();
  for (const finding of result?.findings ?? []) {
    if (finding.database !== database || finding.object === undefined) continue;
    const named = [finding.object, ...(finding.consequences ?? []).map(({ object }) => object)];
    for (const name of named) about.set(name, [...(about.get(name) ?? []), finding]);
  }
  return ({ kind, name }, life, drift) => {
    const findings = about.get(name) ?? [];
    const remarks = findings.map(({ message, hint }) =>
      hint === undefined ? message : `${message}. ${hint}`,
    );
    const failed = findings.find(({ severity }) => severity !== "advice");
    if (failed !== undefined) return { state: failed.code, remarks };
    if (passed.has(`${kind} ${name}`)) return { state: "present", remarks };
    if (result === undefined) return { state: "unknown", remarks };
    if (drift === "added") return { state: "extra", remarks };
    const isPending = reached !== undefined && life.from > reached;
    return { state: isPending ? "pending" : "unknown", remarks };
  };
}
