import { randomInt } from "node:crypto";
import { removeServed, type ServedDatabase, writeServed } from "../config/served.ts";
import { type EmbeddedEngine, openEmbedded } from "../database/embedded/engine.ts";
import { SocratesError } from "../errors.ts";
import type { Workspace } from "../project/workspace.ts";
import { type Listener, listen } from "./listen.ts";
import { type SharedDatabase, shareDatabase } from "./shared-database.ts";
import { type ServedUrl, servedUrls } from "./urls.ts";

export interface ServeOptions {
  /** TCP ports by key of the database; the system chooses the others. */
  readonly ports: Readonly<Record<string, number | undefined>>;
  /** Clients need no password. */
  readonly trust: boolean;
  /** How long a client waits for its turn unless it sets lock_timeout, in milliseconds. */
  readonly lockTimeout: number;
}

export interface Served {
  readonly databases: readonly ServedUrl[];
  /** Ends all clients, and shuts the engines down. */
  close(): Promise<void>;
}

const passwordLength = 24;
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A password that needs no quoting in a shell and no encoding in a URL. */
export function newPassword(): string {
  return Array.from({ length: passwordLength }, () => letters[randomInt(letters.length)]).join("");
}

/** @throws SocratesError `usage` for databases on servers, `embedded-locked` if they are served already */
export function checkServable({ config }: Pick<Workspace, "config">): void {
  const { served, selected } = config;
  if (served !== undefined)
    throw new SocratesError(
      "embedded-locked",
      `process ${served.process.pid} serves these databases already`,
      {
        hint: "Run `socrates-db env` to see its URLs, or stop it first.",
      },
    );
  const server = selected.find(({ target }) => target.kind === "server");
  if (server === undefined) return;
  throw new SocratesError("usage", `serve offers embedded databases, but ${server.key} is on a server`, {
    hint: "Add --embedded, or unset the connection strings.",
  });
}

/**
 * Offers the embedded databases of a workspace on loopback, and writes down where, for other commands.
 * @throws SocratesError as for opening them; `port-in-use`
 */
export async function serve({ config }: Pick<Workspace, "config">, options: ServeOptions): Promise<Served> {
  const opened: { engine: EmbeddedEngine; shared?: SharedDatabase; listener?: Listener }[] = [];
  let isWritten = false;
  const close = async () => {
    // The file may be that of a process which serves these databases already.
    if (isWritten) removeServed(config.dataDir);
    await Promise.all(opened.map(({ listener }) => listener?.close()));
    await Promise.all(opened.map(({ shared }) => shared?.close()));
    await Promise.all(opened.map(({ engine }) => engine.close()));
  };
  try {
    const served: ServedDatabase[] = [];
    for (const { key, name, target } of config.selected) {
      if (target.kind === "server") continue;
      const engine = await openEmbedded({ directory: target.directory, database: name });
      const parts: (typeof opened)[number] = { engine };
      opened.push(parts);
      const password = options.trust ? undefined : newPassword();
      parts.shared = shareDatabase(engine, {
        database: name,
        lockTimeout: options.lockTimeout,
        ...(password !== undefined && { password }),
      });
      parts.listener = await listen(parts.shared, options.ports[key] ?? 0);
      served.push({ key, name, port: parts.listener.port, password });
    }
    writeServed(config.dataDir, served);
    isWritten = true;
    return { databases: servedUrls(served, config.databases), close };
  } catch (error) {
    await close();
    throw error;
  }
}
