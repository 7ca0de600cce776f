import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { SocratesError } from "../../errors.ts";

/** PostgreSQL itself takes a directory for a data directory when it holds this file, with its major version. */
const marker = "PG_VERSION";

/** The major version of the engine. */
export const majorVersion = "18";

/** Files of this program in a data directory begin with it; PostgreSQL leaves them alone. */
const ownPrefix = "socrates-db.";

/** The lock inside a data directory: a directory can be reached by several paths, as through a bind mount. */
export function innerLock(directory: string): string {
  return join(directory, `${ownPrefix}lock`);
}

/** Marks a directory into which a database is being written. */
export const partialMarker = `${ownPrefix}partial`;

/**
 * Folders that are empty in a database at rest. git, zip and artifact stores leave them out, and PostgreSQL does not
 * start without them.
 */
const emptyFolders = [
  "pg_commit_ts",
  "pg_dynshmem",
  "pg_logical/mappings",
  "pg_logical/snapshots",
  "pg_notify",
  "pg_replslot",
  "pg_serial",
  "pg_snapshots",
  "pg_stat",
  "pg_stat_tmp",
  "pg_tblspc",
  "pg_twophase",
  "pg_wal/archive_status",
  "pg_wal/summaries",
];

function failed(message: string, hint: string, cause?: unknown): SocratesError {
  return new SocratesError("embedded-failed", message, { hint, cause });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/**
 * Tells whether a directory holds an embedded database. Creates nothing and takes no lock.
 * @throws SocratesError `embedded-failed` where this cannot be seen: a folder without permission is not an empty one
 */
export function embeddedExists(directory: string): boolean {
  try {
    return statSync(join(directory, marker)).isFile();
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw failed(
      `the embedded database ${directory} cannot be read: ${code === "EACCES" || code === "EPERM" ? "permission denied" : String(code)}`,
      "Run the command as the owner of the folder, or name another folder with --data-dir.",
      error,
    );
  }
}

/** What a directory holds besides files of this program. */
export function contentOf(directory: string): string[] {
  return readdirSync(directory).filter((name) => !name.startsWith(ownPrefix));
}

/** Whether a database was begun in a directory and not finished. */
export function isPartial(directory: string): boolean {
  return existsSync(join(directory, partialMarker));
}

/** What keeps a database from being made in a directory; undefined when nothing does. */
function obstacle(directory: string): string | undefined {
  if (embeddedExists(directory)) return undefined;
  let existing = directory;
  while (!existsSync(existing)) existing = dirname(existing);
  if (!statSync(existing).isDirectory()) return `${existing} is no folder`;
  if (existing !== directory || isPartial(directory) || contentOf(directory).length === 0) return undefined;
  return "it is not empty and holds no database";
}

/**
 * Refuses a directory in which no database can be made. Creates nothing: of several databases, none is made where one
 * cannot be.
 * @throws SocratesError `embedded-failed`
 */
export function checkDirectory(directory: string): void {
  const reason = obstacle(directory);
  if (reason !== undefined)
    throw failed(
      `the embedded database ${directory} cannot be made: ${reason}`,
      "Name another folder with --data-dir, or move away what is there.",
    );
}

/** Refuses a database of another major version: its files mean something else. @throws SocratesError `embedded-failed` */
export function checkMajorVersion(directory: string): void {
  const found = readFileSync(join(directory, marker), "utf8").trim();
  if (found !== majorVersion)
    throw failed(
      `the embedded database ${directory} is of PostgreSQL ${found}, and this version of socrates-db runs PostgreSQL ${majorVersion}`,
      "Copy its rows with the version of socrates-db that made it, or remove the folder to start over.",
    );
}

/** Makes the folders again that are empty and were left out of a copy. The caller holds the lock of the directory. */
export function restoreFolders(directory: string): void {
  for (const folder of emptyFolders) mkdirSync(join(directory, folder), { recursive: true, mode: 0o700 });
}
