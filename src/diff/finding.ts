import type { Location } from "../errors.ts";
import type { Attribute, Kind } from "../schema/model.ts";
import { type Severity, severities } from "../severity.ts";
import type { AttributeChange } from "./change.ts";

/** Something that a check found, in one form for all checks and all output formats. */
export interface Finding {
  /** A stable word for what it is: `missing`, `unexpected`, `changed`, `renamed`, … */
  readonly code: string;
  readonly severity: Severity;
  /** Key of the database, undefined for what concerns the document alone. */
  readonly database?: string;
  readonly kind?: string;
  /** `schema.table.part` or `schema.name`. */
  readonly object?: string;
  readonly attribute?: string;
  readonly expected?: Attribute;
  readonly actual?: Attribute;
  /** Of a changed object, all that changed; `attribute`, `expected` and `actual` are the first of them. */
  readonly attributes?: readonly AttributeChange[];
  /** What differs for this reason alone and has no finding of its own. */
  readonly consequences?: readonly { readonly kind: Kind; readonly object: string }[];
  /** What is wrong, in one line. */
  readonly message: string;
  /** Where it is stated. */
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

/** Whether a finding is at least as grave as a level. */
export function isAtLeast({ severity }: Finding, level: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(level);
}

/** A total order, so that the same findings always come out the same; by code points, as collations differ. */
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
