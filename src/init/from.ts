import path from "node:path";
import { readSchema } from "../catalog/read.ts";
import { configFileName } from "../config/find-config.ts";
import type { Target } from "../database/target.ts";
import { SocratesError } from "../errors.ts";
import { connect } from "../project/connect.ts";
import { checkVersion } from "../project/preflight.ts";
import type { Schema } from "../schema/model.ts";
import { writeAll } from "../write-files.ts";
import { type Baseline, baselineOf, ignoredOf, tablesOf, unwrittenOf } from "./baseline.ts";
import { type NewDatabase, newDatabase, targetsOf } from "./databases.ts";
import {
  documentFile,
  hiddenConfig,
  type InitReport,
  type RepositoryOptions,
  refuseExisting,
} from "./init.ts";
import type { Note } from "./model.ts";
import { prove } from "./prove.ts";
import { schemaDocument } from "./schema-document.ts";
import { configFile } from "./skeleton.ts";

export interface FromOptions extends RepositoryOptions {
  /** Connection strings of existing databases, by their keys; undefined for those in the environment. */
  readonly urls: Readonly<Record<string, string | undefined>>;
  /** Receives what is being done, in a few words. */
  readonly onProgress: (text: string) => void;
}

/** What a database has, or why it is not taken. */
async function readLive(
  { key, name }: NewDatabase,
  target: Target,
): Promise<{ readonly schema: Schema; readonly refused: readonly Note[] }> {
  const { session, info } = await connect({ key, name, target }, "init");
  try {
    checkVersion(session, info);
    const refused = info.hasLedger
      ? [{ from: key, reason: "has a ledger: its migrations exist already" }]
      : [];
    return { schema: await readSchema(session, { privileges: true, owners: true, exact: true }), refused };
  } finally {
    await session.close();
  }
}

function noUrl({ key, urlVariable }: NewDatabase): SocratesError {
  return new SocratesError("url-missing", `${key} has no connection string`, {
    hint: `Set ${urlVariable}, or write --from ${key}=URL.`,
  });
}

function refuseEmpty({ database: { key }, plan }: Baseline): Note[] {
  return plan.creations.some(({ drop }) => drop !== undefined)
    ? []
    : [{ from: key, reason: "has no object that a migration could create; leave it out" }];
}

/** What a baseline leaves out, and what the reader does not read. */
function leftOut(baseline: Baseline): Note[] {
  const {
    database: { key },
    schema,
  } = baseline;
  return [
    ...unwrittenOf(baseline).map(({ object: { kind, name }, because }) => ({
      from: key,
      reason: `${kind} ${name} cannot be written as SQL${because === undefined ? "" : `, as it needs ${because}`}: create it by hand; the config ignores it`,
    })),
    ...schema.uncovered.map(({ what, name }) => ({
      from: key,
      reason: `${what} ${name} is neither written nor compared`,
    })),
  ];
}

/** Owners depend on who migrates: those that differ are named. */
function otherOwners({ database: { key }, owners }: Baseline): Note[] {
  if (owners.size < 2) return [];
  const counts = [...owners].sort().map(([role, count]) => `${role} owns ${count}`);
  return [{ from: key, reason: `the owners of its objects are not recorded: ${counts.join(", ")}` }];
}

function nextSteps(databases: readonly NewDatabase[]): string[] {
  const variables = databases.map(({ urlVariable }) => urlVariable).join(" and ");
  return [
    `Set ${variables} to the connection string${databases.length === 1 ? "" : "s"} that init has read`,
    `Record the baseline${databases.length === 1 ? "" : "s"} there: socrates-db adopt`,
    "Try it on an embedded database: socrates-db migrate --embedded",
    `Describe the tables in ${documentFile}`,
  ];
}

/**
 * Sets up a repository for existing databases: config, a baseline migration for each, and a document with all their
 * SQL. Both are run in the shadow and compared with the databases first. Reads the databases only. Writes everything or
 * nothing: nothing if `refused` of the report has entries.
 * @throws SocratesError `url-missing`, `connection-string`, `connection-failed`, `privilege-missing` and the like, `output-failed`
 */
export async function initFrom(options: FromOptions): Promise<InitReport> {
  const { root, urls, dryRun, onProgress } = options;
  const databases = Object.keys(urls)
    .sort()
    .map((key) => newDatabase(key));
  const targets = targetsOf(databases, urls, options);
  const common = { schemaVersion: 1, tool: null, folder: null, takes: [], skips: [] } as const;
  const refuse = (refused: readonly Note[]): InitReport => ({
    ...common,
    refused,
    warnings: [],
    written: [],
    next: [],
  });
  const folders = databases.map(({ migrations }) => migrations);
  const existing = refuseExisting(root, [configFileName, documentFile], ...folders);
  if (existing.length > 0) return refuse(existing);
  const baselines: Baseline[] = [];
  const refused: Note[] = [];
  for (const [i, database] of databases.entries()) {
    const target = targets[i];
    if (target === undefined) throw noUrl(database);
    onProgress(`reading ${database.key}`);
    const live = await readLive(database, target);
    const baseline = baselineOf(database, i + 1, live.schema);
    refused.push(...live.refused, ...refuseEmpty(baseline));
    baselines.push(baseline);
  }
  if (refused.length > 0) return refuse(refused);
  const document = { path: documentFile, text: await schemaDocument(baselines) };
  const { ups, downs, unproven } = await prove(baselines, document, onProgress);
  if (ups.length > 0) return refuse(ups);
  const isReversible = ({ down }: Baseline) => !downs.some(({ from }) => from === down.path);
  const config = configFile(databases, baselines.flatMap(ignoredOf), documentFile);
  const files = [
    { path: configFileName, text: config },
    ...baselines.flatMap((baseline) =>
      isReversible(baseline) ? [baseline.up, baseline.down] : [baseline.up],
    ),
    document,
  ];
  if (!dryRun) writeAll(files.map(({ path: file, text }) => ({ path: path.join(root, file), text })));
  const names = files.map((file) => file.path);
  return {
    ...common,
    refused,
    baselines: baselines.map(({ database, number, schema }) => ({
      database: database.key,
      number,
      tables: tablesOf(schema).length,
      objects: schema.objects.size,
    })),
    warnings: [
      ...baselines.flatMap(leftOut),
      ...baselines.flatMap(otherOwners),
      ...unproven,
      ...downs.map(({ from, reason }) => ({ from, reason: `is left out: ${reason}` })),
      ...hiddenConfig(root),
    ],
    written: dryRun ? [] : names,
    ...(dryRun && { wouldWrite: names }),
    next: nextSteps(databases),
  };
}
