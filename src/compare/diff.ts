import { partFindings } from "../diff/document-parts.ts";
import type { Finding } from "../diff/finding.ts";
import type { IgnoreRule } from "../diff/ignore.ts";
import { checkPhase, lastPhaseOf, type Workspace } from "../project/workspace.ts";
import { type Extras, noExtras } from "../schema/extras.ts";
import { expectedSource, openDocument } from "../sources/of-workspace.ts";
import { phaseText } from "../sources/source.ts";
import { compareSources } from "./compare.ts";

/** Privileges, owners and settings are only compared for two live databases. */
export interface DiffOptions extends Partial<Extras> {
  /** The expected schema: the document by default, or the migrations if no document is configured. */
  readonly from?: string | undefined;
  /** The schema to check: `live` by default. */
  readonly to?: string | undefined;
  /** The phase to compare at; by default the one that the database has reached. */
  readonly phase?: number | undefined;
  readonly ignore?: readonly IgnoreRule[];
}

/** Differences, and a line for each comparison. */
export interface DiffResult {
  readonly findings: readonly Finding[];
  readonly summary: readonly string[];
}

/**
 * Compares the databases of a workspace in two sources.
 * @throws SocratesError `usage` for sources and phases that do not exist, and from the sources
 */
export async function diff(workspace: Workspace, options: DiffOptions = {}): Promise<DiffResult> {
  const { phase, privileges = false, owners = false, settings = false, ignore = [], to = "live" } = options;
  const from = options.from ?? expectedSource(workspace);
  checkPhase(workspace, phase);
  const compared = await compareSources(
    { from, to, phase, extras: { ...noExtras, privileges, owners, settings }, ignore },
    workspace,
  );
  const document = [from, to].includes("document") ? await openDocument(workspace) : undefined;
  const unread =
    document === undefined ? [] : partFindings(document, workspace.config.databases, lastPhaseOf(workspace));
  return {
    findings: [...unread, ...compared.flatMap(({ findings }) => findings)],
    summary: compared.map(
      ({ key, labels, phase: at }) =>
        `${key}: ${labels.expected} compared with ${labels.actual}, ${phaseText(at)}`,
    ),
  };
}
