import type { Finding } from "../diff/finding.ts";
import type { Workspace } from "../project/workspace.ts";
import type { PageCall } from "./calls.ts";
import { filterOf } from "./options.ts";

/** One self-contained page of all databases. */
export interface HtmlPage {
  /** The same text for the same schemas. */
  readonly html: string;
  readonly findings: readonly Finding[];
  /** What could not be read or checked, one sentence each. */
  readonly notRead: readonly string[];
}

/** What `report --format html` writes. */
export async function htmlPage(
  workspace: Workspace,
  { signal, onProgress = () => {}, ...options }: PageCall & Required<Pick<PageCall, "signal">>,
): Promise<HtmlPage> {
  const { writePage } = await import("../page/page.ts");
  const filter = filterOf(options, workspace.config);
  const { html, page } = await writePage(workspace, { ...filter, signal, onProgress });
  return { html, findings: page.findings, notRead: page.notRead };
}
