import { type Config, type Flags, loadConfig } from "../config/load.ts";
import type { Environment } from "../config/machine.ts";
import { noMigrations } from "../config/own-files.ts";
import { type ChainFiles, readChain } from "../migrations/files.ts";
import { checkLimit } from "../migrations/plan.ts";
import type { Project } from "./open.ts";

/** Receives what a job reports while it works, besides its result. */
export interface Listener {
  /** Passwords that no output may contain from now on. */
  hide(secrets: readonly string[]): void;
  /** A warning, on one line. */
  warn(message: string): void;
  /** A note, on one line. */
  note(message: string): void;
}

/** The input of every job: the configuration, the migrations, and the working directory. Read once. */
export interface Workspace extends Listener {
  readonly config: Config;
  readonly project: Project;
  readonly env: Environment;
  /** Relative paths of a job's options start at this folder. */
  readonly cwd: string;
}

/** How to open a workspace. */
export interface WorkspaceOptions {
  readonly flags: Flags;
  readonly env: Environment;
  readonly cwd: string;
  readonly listener: Listener;
  /** `optional` for jobs that also work without any. */
  readonly migrations: "required" | "optional";
}

/**
 * Reads the configuration and the files of all chains.
 * @throws SocratesError from the configuration and from the folders of migrations; `config-not-found` if a database has no
 * migrations and the job needs them
 */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { flags, env, cwd, listener } = options;
  const config = await loadConfig(flags, env, cwd);
  listener.hide(config.secrets);
  for (const warning of config.warnings) listener.warn(warning);
  const without = config.selected.find((database) => database.migrations === undefined);
  if (without !== undefined && options.migrations === "required")
    throw noMigrations(config.files, config.chains.length === 0 ? undefined : without.key);
  return { ...listener, config, project: readProject(config), env, cwd };
}

function readProject(config: Config): Project {
  const chains = new Map<string, ChainFiles>(
    config.chains.map(({ key, migrations: folder }) => [key, readChain(key, folder)]),
  );
  const numbers = [...chains.values()].flatMap(({ migrations }) => migrations.map(({ number }) => number));
  const newest = Math.max(0, ...numbers);
  const chainOf = (key: string): ChainFiles => ({
    ...(chains.get(key) ?? { database: key, folder: "", migrations: [] }),
    newest,
  });
  return {
    chains: [...chains.values()],
    databases: config.selected.map(({ key, name, target }) => ({ key, name, target, chain: chainOf(key) })),
  };
}

/** The last phase of all migrations, 0 if there are none. */
export function lastPhaseOf({ project }: Pick<Workspace, "project">): number {
  return Math.max(0, ...project.chains.flatMap(({ migrations }) => migrations.map(({ phase }) => phase)));
}

/** The file for findings without a place: the document, or the config file. */
export function fallbackFile({ config: { files, configFile } }: Pick<Workspace, "config">): string {
  return files.document?.patterns[0] ?? configFile ?? "socrates-db.config.json";
}

/** @throws SocratesError `usage` for a phase without migrations; any phase is valid if there are no migrations */
export function checkPhase(
  { project: { chains } }: Pick<Workspace, "project">,
  phase: number | undefined,
): void {
  if (phase !== undefined && chains.length > 0) checkLimit(chains, { phase });
}
