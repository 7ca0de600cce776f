import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { configFileName, findConfigFile } from "../config/find-config.ts";
import { SocratesError } from "../errors.ts";
import { type NewFile, writeAll } from "../write-files.ts";
import { type ConnectionReader, newDatabase, targetsOf } from "./databases.ts";
import { type Choice, chooseTool, type Wanted } from "./find-tool.ts";
import { type LedgerReading, readToolLedger } from "./ledger.ts";
import type { Note, Repository, ToolName } from "./model.ts";
import { databaseKey } from "./names.ts";
import { fileNames, planTakeOver, type TakeOver } from "./plan.ts";
import { openRepository, optionalText } from "./repository.ts";
import { configText, documentText, nextSteps, type Skeleton } from "./skeleton.ts";

/** What every kind of `init` is told. */
export interface RepositoryOptions extends ConnectionReader {
  /** The repository: absolute path. The config file is written there. */
  readonly root: string;
  readonly dryRun: boolean;
}

export interface InitOptions extends Wanted, RepositoryOptions {
  /** Key of the database, if the user has chosen one. */
  readonly key?: string | undefined;
  /** Connection string of a database that the old tool has migrated. */
  readonly url?: string | undefined;
}

/** A database that becomes a baseline migration. */
export interface BaselineReport {
  /** Key of the database. */
  readonly database: string;
  readonly number: number;
  readonly tables: number;
  /** All objects, parts of tables included. */
  readonly objects: number;
}

/** What `init --format json` prints. */
export interface InitReport {
  readonly schemaVersion: 1;
  readonly tool: ToolName | null;
  readonly folder: string | null;
  readonly takes: readonly {
    readonly from: string;
    readonly number: number;
    readonly name: string;
    readonly down: boolean;
  }[];
  readonly skips: readonly Note[];
  readonly warnings: readonly Note[];
  readonly refused: readonly Note[];
  /** With `--from`: what was read of each database. */
  readonly baselines?: readonly BaselineReport[];
  /** Relative to the repository. */
  readonly written: readonly string[];
  /** In a dry run: what would be written. */
  readonly wouldWrite?: readonly string[];
  /** What to do next, one sentence each. */
  readonly next: readonly string[];
}

export const documentFile = "docs/schema.md";
const empty: TakeOver = { takes: [], skips: [], warnings: [], refused: [] };

/** The application's name: of package.json, or else of the folder. */
function applicationName(repository: Repository): string {
  const folder = path.basename(repository.root);
  try {
    const content: unknown = JSON.parse(optionalText(repository, "package.json"));
    const isNamed = typeof content === "object" && content !== null && "name" in content;
    return isNamed && typeof content.name === "string" ? content.name : folder;
  } catch {
    return folder;
  }
}

/** `DATABASE_URL`, if the application reads it. */
function urlVariableOf(repository: Repository): string | undefined {
  const texts = [".env", ".env.example"].map((file) => optionalText(repository, file));
  return texts.some((text) => /^\s*(export\s+)?DATABASE_URL\s*=/m.test(text)) ? "DATABASE_URL" : undefined;
}

/** Migrations that no known tool has written. */
function unknownFolders({ files }: Repository): Note[] {
  const folders = files
    .filter((file) => file.endsWith(".sql") && /migrat/i.test(path.posix.dirname(file)))
    .map((file) => path.posix.dirname(file));
  return [...new Set(folders)].map((from) => ({
    from,
    reason: "its SQL files are of no tool that init recognises; they are not taken over",
  }));
}

/** What must not exist yet. */
export function refuseExisting(
  root: string,
  files: readonly string[],
  ...folders: readonly string[]
): Note[] {
  const existing = files.filter((file) => existsSync(path.join(root, file)));
  return [
    ...existing.map((from) => ({ from, reason: "exists already; init never overwrites" })),
    ...folders
      .filter((folder) => isTaken(path.join(root, folder)))
      .map((from) => ({ from, reason: "exists and is not an empty folder; init never overwrites" })),
  ];
}

function isTaken(folder: string): boolean {
  return existsSync(folder) && !(statSync(folder).isDirectory() && readdirSync(folder).length === 0);
}

/** The old tool's ledger in the database of a connection string; undefined without one. */
async function readLedger(
  choice: Choice,
  { database }: Skeleton,
  options: InitOptions,
): Promise<LedgerReading | undefined> {
  if (choice.kind !== "one") return undefined;
  const { key } = database;
  const [target] = targetsOf([database], { [key]: options.url }, options);
  return target && readToolLedger(key, target, choice.tool, choice.reading.migrations);
}

/** The refusals of a report as one error; undefined if there are none. */
export function refusalOf({ refused }: InitReport): SocratesError | undefined {
  const [first, ...others] = refused;
  if (first === undefined) return undefined;
  const more = others.length === 0 ? "" : `; and ${others.length} more`;
  return new SocratesError("init-refused", `${first.from}: ${first.reason}${more}`, {
    hint: "Nothing was written. Fix what is refused and run init again.",
  });
}

/**
 * Sets up an application's repository: config, migrations and a first document. Takes over the migrations of another
 * tool. Writes everything or nothing: nothing if `refused` of the report has entries.
 * @throws SocratesError `usage`, `connection-string`, `connection-failed` and the like, `output-failed`
 */
export async function init(options: InitOptions): Promise<InitReport> {
  const { root, dryRun } = options;
  const repository = openRepository(root);
  const choice = chooseTool(repository, options);
  const key = options.key ?? databaseKey(applicationName(repository));
  const database = newDatabase(key, urlVariableOf(repository));
  const plan = choice.kind === "one" ? planTakeOver(choice.folder, choice.reading) : empty;
  const refused = [
    ...(choice.kind === "several" ? choice.refused : []),
    ...plan.refused,
    ...refuseExisting(root, [configFileName, documentFile], database.migrations),
  ];
  const found = choice.kind === "one" ? choice : undefined;
  const common = {
    schemaVersion: 1,
    tool: found?.tool.name ?? null,
    folder: found?.folder ?? null,
    skips: [...plan.skips, ...repository.unsearched],
    refused,
  } as const;
  if (refused.length > 0) return { ...common, takes: [], warnings: [], written: [], next: [] };
  const base = { database, document: documentFile, ledgers: [] };
  const ledger = await readLedger(choice, base, options);
  const skeleton = { ...base, ledgers: choice.kind === "one" ? ledgersOf(choice, ledger) : [] };
  const files = planFiles(skeleton, plan);
  if (!dryRun) writeAll(files.map(({ path: file, text }) => ({ path: path.join(root, file), text })));
  const names = files.map((file) => file.path);
  return {
    ...common,
    takes: plan.takes.map(({ from, number, name, down }) => ({
      from,
      number,
      name,
      down: down !== undefined,
    })),
    warnings: [
      ...plan.warnings,
      ...(ledger?.warnings ?? []),
      ...(choice.kind === "none" ? unknownFolders(repository) : []),
      ...hiddenConfig(root),
    ],
    written: dryRun ? [] : names,
    ...(dryRun && { wouldWrite: names }),
    next: nextSteps(skeleton, found?.tool.name),
  };
}

/** A config file in a parent folder no longer counts below the new one. */
export function hiddenConfig(root: string): Note[] {
  const other = findConfigFile(path.dirname(root), undefined);
  return other === undefined
    ? []
    : [{ from: other, reason: "is not read in this folder from now on: the new config file is nearer" }];
}

/** The ledger's tables in the database, or the one that the tool creates by default. */
function ledgersOf(
  { tool }: Extract<Choice, { kind: "one" }>,
  ledger: LedgerReading | undefined,
): Skeleton["ledgers"] {
  const byDefault = `${tool.ledger.schema ?? "public"}.${tool.ledger.table}`;
  const tables = ledger === undefined || ledger.tables.length === 0 ? [byDefault] : ledger.tables;
  return tables.map((object) => ({ object, tool }));
}

/** All files of the report, relative to the repository. */
function planFiles(skeleton: Skeleton, { takes }: TakeOver): NewFile[] {
  const { database, document } = skeleton;
  const { migrations } = database;
  const taken = takes.flatMap((migration) => {
    const names = fileNames(migration);
    const up = { path: `${migrations}/${names.up}`, text: migration.up };
    return migration.down === undefined
      ? [up]
      : [up, { path: `${migrations}/${names.down}`, text: migration.down }];
  });
  // Git keeps no empty folder.
  const kept = taken.length === 0 ? [{ path: `${migrations}/.gitkeep`, text: "" }] : [];
  return [
    { path: configFileName, text: configText(skeleton) },
    ...taken,
    ...kept,
    { path: document, text: documentText(skeleton) },
  ];
}
