import type { Environment } from "../config/machine.ts";
import { redact } from "../config/redact.ts";
import type { Target } from "../database/target.ts";
import { SocratesError } from "../errors.ts";
import type { DatabaseInput } from "../project/open.ts";
import { openWorkspace, type Workspace } from "../project/workspace.ts";
import { OpenProject } from "./project.ts";

/** Where a project is; whatever is missing is found as the command line finds it. */
export interface OpenOptions {
  /** Connection strings by key of the database. */
  readonly urls?: Readonly<Record<string, string | undefined>>;
  /** Where the embedded databases live. */
  readonly dataDir?: string;
  /** The config file. */
  readonly config?: string;
  /** The key of the only database to work on. */
  readonly database?: string;
  /** Files and globs of the document to use instead of the configured one. */
  readonly document?: string | readonly string[];
  /** Use the embedded databases, whatever connection strings are set. */
  readonly embedded?: boolean;
  /** Use the migrations and the document of this package. */
  readonly builtin?: boolean;
  /** The role that every session on a server takes on. */
  readonly role?: string;
  /** Connection string of a server on which shadows are created, instead of in the embedded engine. */
  readonly shadow?: string;
  /** `process.env` by default. */
  readonly env?: Environment;
  /** The working directory by default. */
  readonly cwd?: string;
  /** Receives warnings and notes, a line each. */
  readonly onMessage?: (message: { readonly kind: "warning" | "note"; readonly text: string }) => void;
}

/** How a call opens its workspace: the files may have changed since the last one. */
export type OpenFresh = (migrations: "required" | "optional") => Promise<Workspace>;

/** Passwords of a project, which no error may show. */
function withoutSecrets(error: unknown, secrets: readonly string[]): unknown {
  if (!(error instanceof SocratesError)) return error;
  const [message, hint] = [redact(error.message, secrets), redact(error.hint, secrets)];
  return message === error.message && hint === error.hint
    ? error
    : error.with({ message, hint, cause: undefined });
}

/** A project, and what reads its files again. */
export interface Opened {
  readonly project: OpenProject;
  readonly openFresh: OpenFresh;
}

/**
 * Opens a project on other targets than the configured ones.
 * @param targets the target of a database, whenever a call opens it
 * @throws SocratesError from the configuration
 */
export async function openOn(
  options: OpenOptions,
  targets: (database: DatabaseInput) => Target,
): Promise<Opened> {
  const {
    urls = {},
    env = process.env,
    cwd = process.cwd(),
    document,
    onMessage = () => {},
    ...flags
  } = options;
  const secrets: string[] = [];
  const openFresh: OpenFresh = async (migrations) => {
    const workspace = await openWorkspace({
      flags: { ...flags, urls, document: document === undefined ? [] : [document].flat() },
      env,
      cwd,
      listener: {
        hide: (more) => void secrets.push(...more),
        warn: (text) => onMessage({ kind: "warning", text: redact(text, secrets) }),
        note: (text) => onMessage({ kind: "note", text: redact(text, secrets) }),
      },
      migrations,
    });
    const databases = workspace.project.databases.map((each) => ({ ...each, target: targets(each) }));
    return { ...workspace, project: { ...workspace.project, databases } };
  };
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw withoutSecrets(error, secrets);
    }
  };
  await guard(() => openFresh("optional"));
  return { project: new OpenProject(openFresh, guard), openFresh };
}

/**
 * Opens the project that the command line would work on. Databases are opened by each call, and closed when it ends.
 * @throws SocratesError from the configuration
 */
export async function open(options: OpenOptions = {}): Promise<OpenProject> {
  return (await openOn(options, ({ target }) => target)).project;
}
