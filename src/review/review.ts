import { noMigrations } from "../config/own-files.ts";
import type { Finding } from "../diff/finding.ts";
import { reportedFindings } from "../diff/reported.ts";
import { SocratesError } from "../errors.ts";
import type { Workspace } from "../project/workspace.ts";
import type { Severity } from "../severity.ts";
import { displayPath } from "../sql/source-file.ts";
import { type ChangeDiagram, changeDiagram } from "./change-diagram.ts";
import { type NewMigrationsOptions, newMigrations } from "./new-migrations.ts";
import {
  documentPart,
  hazardsPart,
  livePart,
  migrationsPart,
  type PartName,
  type PartOptions,
  partNames,
} from "./parts.ts";

export interface ReviewOptions extends NewMigrationsOptions, PartOptions {
  /** The lowest severity to report. */
  readonly severity: Severity;
}

/** One part, with the findings that count. */
export interface ReviewPart {
  readonly name: PartName;
  readonly findings: readonly Finding[];
  readonly summary: readonly string[];
}

export interface NewMigration {
  readonly database: string;
  readonly number: number;
  readonly name: string;
  readonly phase: number;
  readonly file: string;
}

/** What a pull request's readers need to know. */
export interface Review {
  readonly parts: readonly ReviewPart[];
  /** Undefined if nothing says which migrations are new. */
  readonly newMigrations: readonly NewMigration[] | undefined;
  /** What was not compared or checked, and why, as sentences. */
  readonly notChecked: readonly string[];
  readonly diagram: ChangeDiagram;
}

const subjects: Readonly<Record<PartName, string>> = {
  document: "the document",
  migrations: "the migrations",
  live: "the live databases",
  hazards: "hazards",
};

/** An error that ends several checks is reported once, by the first. */
function reportedOnce(parts: readonly ReviewPart[]): ReviewPart[] {
  const seen = new Set<string>();
  return parts.map(({ findings, ...part }) => {
    const fresh = findings.filter((finding) => !seen.has(JSON.stringify(finding)));
    for (const finding of fresh) seen.add(JSON.stringify(finding));
    return { ...part, findings: fresh };
  });
}

/** The diagram; migrations that cannot be run are a finding elsewhere. */
async function diagramIfPossible(...args: Parameters<typeof changeDiagram>): Promise<ChangeDiagram> {
  try {
    return await changeDiagram(...args);
  } catch (error) {
    if (!(error instanceof SocratesError) || error.code === "interrupted") throw error;
    return { mermaid: undefined, caption: "No diagram: the document or the migrations have errors." };
  }
}

/**
 * Compares document, migrations and live databases, and rehearses what is new. Without connection strings, it connects
 * to no database. A check that cannot run is a finding of the severity error.
 * @throws SocratesError `config-not-found` if neither a document nor migrations are configured; `usage` for a number that
 * no migration has; `interrupted`
 */
export async function review(workspace: Workspace, options: ReviewOptions): Promise<Review> {
  const { config } = workspace;
  if (config.files.document === undefined && config.chains.length === 0) throw noMigrations(config.files);
  const added = newMigrations(workspace, options);
  const live = await livePart(workspace, options);
  const results = {
    document: await documentPart(workspace, options),
    migrations: await migrationsPart(workspace, options),
    live,
    hazards: await hazardsPart(
      workspace,
      added,
      live.summary.length > 0 && live.notChecked.length === 0,
      options,
    ),
  };
  options.onProgress("drawing the tables");
  const parts = reportedOnce(
    partNames.map((name) => ({
      name,
      findings: reportedFindings(results[name].findings, options.ignore, options.severity),
      summary: results[name].summary,
    })),
  );
  const ended = parts.filter(
    ({ name, summary, findings }) =>
      summary.length === 0 && findings.length === 0 && results[name].findings.length > 0,
  );
  return {
    parts,
    newMigrations: added?.files.map(({ database, number, name, phase, source }) => ({
      database,
      number,
      name,
      phase,
      file: displayPath(source.path),
    })),
    notChecked: [
      ...partNames.flatMap((name) => results[name].notChecked),
      ...ended.map(({ name }) => `The check of ${subjects[name]} ended with an error of another check.`),
    ],
    diagram: await diagramIfPossible(workspace, added),
  };
}
