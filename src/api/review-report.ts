import type { Workspace } from "../project/workspace.ts";
import { findingsJson } from "../report/findings/json.ts";
import { type ReviewJson, reviewContent, reviewDetails } from "../report/review/content.ts";
import { review } from "../review/review.ts";
import type { ReportCall } from "./calls.ts";
import { filterOf } from "./options.ts";

/** What `report --format json` prints. */
export async function reviewReport(
  workspace: Workspace,
  options: ReportCall & Required<Pick<ReportCall, "signal" | "onProgress">>,
): Promise<ReviewJson> {
  const result = await review(workspace, { ...options, ...filterOf(options, workspace.config) });
  return { ...findingsJson(reviewContent(result)), ...reviewDetails(result) };
}
