import type { Review } from "../../review/review.ts";
import { jsonReport } from "../findings/json.ts";
import type { FindingsReport } from "../findings/report.ts";
import { textReport } from "../findings/text.ts";
import type { Style } from "../style.ts";
import type { ReviewFormat } from "./formats.ts";
import { reviewMarkdown } from "./markdown.ts";

const renderers: Readonly<
  Record<ReviewFormat, (review: Review, report: FindingsReport, style: Style) => string>
> = {
  text: (_, report, style) => textReport(report, style),
  json: (_, report) => jsonReport(report),
  markdown: (review) => reviewMarkdown(review),
};

/**
 * A review in one of its formats; the same review gives the same bytes.
 * @param report its findings, for the formats that list them
 */
export function renderReview(
  review: Review,
  report: FindingsReport,
  format: ReviewFormat,
  style: Style,
): string {
  return renderers[format](review, report, style);
}
