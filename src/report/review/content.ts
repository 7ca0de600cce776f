import type { NewMigration, Review, ReviewPart } from "../../review/review.ts";
import type { FindingsJson } from "../findings/json.ts";
import type { FindingsReport } from "../findings/report.ts";

/** Whether a part has compared anything; {@link Review.notChecked} says why it has not. */
export function isChecked({ summary, findings }: ReviewPart): boolean {
  return summary.length > 0 || findings.length > 0;
}

/** What the findings formats have of a review. */
export function reviewContent(
  review: Review,
): Pick<FindingsReport, "findings" | "summary" | "counts" | "checks" | "details"> {
  const { parts, notChecked } = review;
  const checks = parts.filter(isChecked).map(({ name, findings }) => ({ name, ...countsOf(findings) }));
  const total = (severity: "errors" | "warnings" | "advice") =>
    checks.reduce((sum, counts) => sum + counts[severity], 0);
  return {
    findings: parts.flatMap(({ findings }) => findings),
    summary: [...parts.flatMap(({ summary }) => summary), ...notChecked],
    counts: { errors: total("errors"), warnings: total("warnings"), advice: total("advice") },
    checks,
    details: { ...reviewDetails(review) },
  };
}

/** What the JSON of a review adds to its findings. */
interface ReviewDetails {
  /** In the order of their numbers; null if nothing says which migrations are new. */
  readonly newMigrations: readonly NewMigration[] | null;
  /** What was not compared or checked, and why, as sentences. */
  readonly notChecked: readonly string[];
  /** In Mermaid's language; null if there is none. */
  readonly diagram: string | null;
}

/** A review as the command-line contract has it. */
export interface ReviewJson extends FindingsJson, ReviewDetails {}

export function reviewDetails({ newMigrations, notChecked, diagram }: Review): ReviewDetails {
  return { newMigrations: newMigrations ?? null, notChecked, diagram: diagram.mermaid ?? null };
}

function countsOf(findings: Review["parts"][number]["findings"]) {
  const count = (level: string) => findings.filter(({ severity }) => severity === level).length;
  return { errors: count("error"), warnings: count("warning"), advice: count("advice") };
}
