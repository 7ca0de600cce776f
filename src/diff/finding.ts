import type { Location } from "../errors.ts";
import type { Attribute, Kind } from "../schema/model.ts";
import { type Severity, severities } from "../severity.ts";
import type { AttributeChange } from "./change.ts";

/** A result of a check, the same for all checks and output formats. */
export interface Finding {
  /** A stable code: `missing`, `unexpected`, `changed`, `renamed`, … */
  readonly code: string;
  readonly severity: Severity;
  /** Key of the database; undefined for a finding about the document alone. */
  readonly database?: string;
  readonly kind?: string;
  /** `schema.table.part` or `schema.name`. */
  readonly object?: string;
  readonly attribute?: string;
  readonly expected?: Attribute;
  readonly actual?: Attribute;
  /** All changed attributes of an object; `attribute`, `expected` and `actual` are the first of them. */
  readonly attributes?: readonly AttributeChange[];
  /** Objects that differ for the same reason and have no separate finding. */
  readonly consequences?: readonly { readonly kind: Kind; readonly object: string }[];
  /** The message, on one line. */
  readonly message: string;
  /** Where the expected object is defined. */
  readonly location?: Location;
  readonly hint?: string;
}

export interface Summary {
  readonly errors: number;
  readonly warnings: number;
  readonly advice: number;
}

export function summarise(findings: readonly Finding[]): Summary {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  return { errors: count("error"), warnings: count("warning"), advice: count("advice") };
}

/** Whether a finding has at least a severity. */
export function isAtLeast({ severity }: Finding, level: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(level);
}

/** A total order, so that the same findings always have the same order; by code points, as collations differ. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const rank = (finding: Finding) =>
    [
      severities.indexOf(finding.severity),
      finding.database ?? "",
      finding.object ?? "",
      finding.kind ?? "",
      finding.attribute ?? "",
      finding.code,
      finding.message,
    ]
      .map(String)
      .join("\u0000");
  return findings
    .map((finding) => ({ finding, key: rank(finding) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ finding }) => finding);
}
