import { existsSync } from "node:fs";
import path from "node:path";
import type { Config } from "../config/load.ts";
import { SocratesError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { openWorkspace, type Workspace } from "../project/workspace.ts";
import { displayPath } from "../sql/source-file.ts";
import { globalOptions, urlOptions } from "./arguments/global-options.ts";
import type { Invocation } from "./commands/command.ts";

/** Connection strings by database key, from `--KEY-url` and from `--url KEY=URL`. @throws SocratesError `usage` */
function urlFlags({ given, databases }: Invocation): Record<string, string | undefined> {
  const options = urlOptions(databases);
  const urls = Object.fromEntries([...options].map(([key, option]) => [key, given(option)]));
  for (const [i, text] of given(globalOptions.url).entries()) {
    const [, key = "", url = ""] = /^([^=]*)=?(.*)$/s.exec(text) ?? [];
    const known = [...options.keys()];
    // Without a key, the text is a connection string with its password.
    if (!known.includes(key)) {
      const near = nearest(key, known);
      throw new SocratesError("usage", `--url ${i + 1} does not start with the key of a database`, {
        hint: `Write --url KEY=URL; ${near === undefined ? "the keys are" : `did you mean "${near}"? The keys are`}: ${known.join(", ")}.`,
      });
    }
    if (urls[key] !== undefined)
      throw new SocratesError("usage", `${key} has two connection strings on the command line`, {
        hint: `Use one: --${key}-url URL or --url ${key}=URL.`,
      });
    urls[key] = url;
  }
  return urls;
}

/** Says where the embedded databases are, and which settings would select servers instead. */
function embeddedNote(config: Config, cwd: string): string {
  const variables = config.databases.map(({ urlVariable }) => urlVariable).join(" and ");
  const base = config.configFile === undefined ? cwd : path.dirname(config.configFile);
  const dotenv = existsSync(path.join(base, ".env")) ? "; .env is not read" : "";
  return `using the embedded databases in ${displayPath(config.dataDir)} (set ${variables} for a server${dotenv})`;
}

/** What a command needs besides its configuration. */
export interface Needs {
  /** `required` by default. */
  readonly migrations?: "required" | "optional";
  /** `unused` for commands that only read files; `used` by default. */
  readonly databases?: "used" | "unused";
  /** The files of the document to use instead of the configured one. */
  readonly document?: readonly string[] | undefined;
}

/** Opens the workspace of an invocation, and prints its warnings to stderr. */
export async function workspaceOf(
  invocation: Invocation,
  { migrations = "required", databases: use = "used", document }: Needs = {},
): Promise<Workspace> {
  const { io, given } = invocation;
  const note = (message: string) => {
    if (!given(globalOptions.quiet)) io.err(message);
  };
  const workspace = await openWorkspace({
    flags: {
      urls: urlFlags(invocation),
      dataDir: given(globalOptions.dataDir),
      config: given(globalOptions.config),
      database: given(globalOptions.database),
      document,
      embedded: given(globalOptions.embedded),
      builtin: given(globalOptions.builtin),
      role: given(globalOptions.role),
      shadow: given(globalOptions.shadow),
    },
    env: io.env,
    cwd: io.cwd,
    listener: { hide: io.hide, warn: (message) => io.err(`warning: ${message}`), note },
    migrations,
  });
  if (workspace.config.embedded && use === "used") note(embeddedNote(workspace.config, io.cwd));
  const { served } = workspace.config;
  if (served !== undefined && use === "used")
    note(
      `using the embedded databases in ${displayPath(workspace.config.dataDir)}, which process ${served.process.pid} serves`,
    );
  return workspace;
}
