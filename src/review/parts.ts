import type { Finding } from "../diff/finding.ts";
import type { IgnoreRule } from "../diff/ignore.ts";
import { SocratesError } from "../errors.ts";
import type { DatabaseInput } from "../project/open.ts";
import type { Workspace } from "../project/workspace.ts";
import { rehearse } from "../rehearse/rehearse.ts";
import { displayPath } from "../sql/source-file.ts";
import type { CheckName } from "../verify/checks/names.ts";
import { verify } from "../verify/verify.ts";
import type { NewMigrations } from "./new-migrations.ts";

/** What a report consists of, in this order. */
export const partNames = ["document", "migrations", "live", "hazards"] as const;
export type PartName = (typeof partNames)[number];

/** What one part reports, and what it could not compare. */
export interface PartResult {
  readonly findings: readonly Finding[];
  readonly summary: readonly string[];
  /** Sentences. */
  readonly notChecked: readonly string[];
}

export interface PartOptions {
  readonly ignore: readonly IgnoreRule[];
  readonly signal: AbortSignal;
  /** Receives the current step, in a few words. */
  readonly onProgress: (text: string) => void;
}

const nothing: PartResult = { findings: [], summary: [], notChecked: [] };

function skipped(...notChecked: readonly string[]): PartResult {
  return { ...nothing, notChecked };
}

/**
 * A check as a part of a report: an error that ends it is a finding, so that the other parts can run and the report
 * still fails.
 * @throws SocratesError `interrupted`
 */
async function attempt(
  work: () => Promise<Pick<PartResult, "findings" | "summary">>,
  database?: string,
): Promise<PartResult> {
  try {
    const { findings, summary } = await work();
    return { findings, summary, notChecked: [] };
  } catch (error) {
    if (!(error instanceof SocratesError) || error.code === "interrupted") throw error;
    const { code, message, hint, location } = error;
    const finding: Finding = {
      code,
      severity: "error",
      message,
      hint,
      ...(database !== undefined && { database }),
      ...(location !== undefined && { location }),
    };
    return { ...nothing, findings: [finding] };
  }
}

function joined(results: readonly PartResult[]): PartResult {
  return {
    findings: results.flatMap(({ findings }) => findings),
    summary: results.flatMap(({ summary }) => summary),
    notChecked: results.flatMap(({ notChecked }) => notChecked),
  };
}

function checkIn(
  workspace: Workspace,
  name: CheckName,
  options: PartOptions,
  database?: string,
): Promise<PartResult> {
  const settings = { ...options, phase: undefined, sample: 0, recall: false };
  return attempt(() => verify(workspace, name, settings), database);
}

/** The document itself; needs no database. */
export async function documentPart(workspace: Workspace, options: PartOptions): Promise<PartResult> {
  if (workspace.config.files.document === undefined)
    return skipped("No document is configured, so none was checked.");
  options.onProgress("checking the document");
  return checkIn(workspace, "document", options);
}

/** The migrations and their result, compared with the document; needs no database. */
export async function migrationsPart(workspace: Workspace, options: PartOptions): Promise<PartResult> {
  if (workspace.config.chains.length === 0)
    return skipped("No migrations are configured, so none were checked.");
  options.onProgress("checking the migrations");
  return checkIn(workspace, "phases", options);
}

function only(workspace: Workspace, databases: readonly DatabaseInput[]): Workspace {
  return { ...workspace, project: { ...workspace.project, databases } };
}

/** The live databases that have a connection string, each by itself: one that does not answer stops no other. */
export async function livePart(workspace: Workspace, options: PartOptions): Promise<PartResult> {
  const { databases } = workspace.project;
  const servers = databases.filter(({ target }) => target.kind === "server");
  const without = databases
    .filter((database) => !servers.includes(database))
    .map(({ key }) => `${key}: no connection string is configured, so the live database was not compared.`);
  if (servers.length > 0) options.onProgress("comparing the live databases");
  const compared = await Promise.all(
    servers.map(async (database) => {
      const result = await checkIn(only(workspace, [database]), "schema", options, database.key);
      return { database, result };
    }),
  );
  // A comparison that has ended says what it compared.
  const readable = compared.filter(({ result }) => result.summary.length > 0);
  const ledgers =
    readable.length === 0 || workspace.config.chains.length === 0
      ? nothing
      : await checkIn(
          only(
            workspace,
            readable.map(({ database }) => database),
          ),
          "ledger",
          options,
        );
  const failed = compared
    .filter(({ result }) => result.summary.length === 0)
    .map(({ database: { key } }) => `${key}: the live database could not be read; see the findings.`);
  return joined([...compared.map(({ result }) => result), ledgers, skipped(...without, ...failed)]);
}

/** Hazards of the new migrations, or of the pending ones if only the live databases can tell what is new. */
export async function hazardsPart(
  workspace: Workspace,
  added: NewMigrations | undefined,
  isLive: boolean,
  { signal, onProgress }: PartOptions,
): Promise<PartResult> {
  if (workspace.config.chains.length === 0) return nothing;
  if (added === undefined && !isLive)
    return skipped(
      "Hazards were not checked: name the changed files or use --since, or configure connection strings.",
    );
  if (added?.files.length === 0) return { ...nothing, summary: ["hazards: no migration is new"] };
  onProgress("rehearsing the new migrations");
  const places = new Set(added?.files.map(({ source }) => displayPath(source.path)));
  const isConcerned = (file: string | undefined) =>
    added === undefined || file === undefined || places.has(file);
  return attempt(async () => {
    const { findings, statements } = await rehearse(workspace, {
      since: added?.since,
      asksTargets: isLive,
      signal,
      onProgress,
    });
    const count = statements.filter(({ file }) => isConcerned(file)).length;
    return {
      findings: findings.filter(({ location }) => isConcerned(location?.file)),
      summary: [`hazards: ${count} ${count === 1 ? "statement" : "statements"} of new migrations rehearsed`],
    };
  });
}
