import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { SocratesError } from "../../errors.ts";

/** PostgreSQL recognises a data directory by this file, which contains its major version. */
const marker = "PG_VERSION";

/** The major version of the engine. */
export const majorVersion = "18";

/** Prefix of this program's files in a data directory; PostgreSQL ignores them. */
const ownPrefix = "socrates-db.";

/** The lock inside a data directory: several paths, such as a bind mount, can lead to one directory. */
export function innerLock(directory: string): string {
  return join(directory, `${ownPrefix}lock`);
}

/** The lock next to a data directory. */
export function outerLock(directory: string): string {
  return `${directory}.lock`;
}

/**
 * Whether a data directory is that of a database of this version which nothing uses: no process has locked it, or died in
 * it.
 */
export function isAtRest(directory: string): boolean {
  const locks = [innerLock(directory), outerLock(directory), join(directory, partialMarker)];
  return (
    !locks.some((file) => existsSync(file)) &&
    readFileSync(join(directory, marker), "utf8").trim() === majorVersion
  );
}

/** Marks a directory into which a database is being written. */
export const partialMarker = `${ownPrefix}partial`;

/** The ledger of a database that is shut down. */
export const keptLedgerFile = `${ownPrefix}ledger.json`;

/** The creation of a database in a directory is complete. */
export function finishDirectory(directory: string): void {
  rmSync(join(directory, partialMarker), { force: true });
}

/**
 * Folders that are empty after a shutdown. git, zip and artifact stores leave them out, and PostgreSQL does not start
 * without them.
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
 * Whether a directory contains an embedded database. Creates nothing and takes no lock.
 * @throws SocratesError `embedded-failed` if the folder cannot be read: that does not mean that it is empty
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

/** The contents of a directory other than files of this program. */
export function contentOf(directory: string): string[] {
  return readdirSync(directory).filter((name) => !name.startsWith(ownPrefix));
}

/** Whether the creation of a database in a directory has begun and not finished. */
export function isPartial(directory: string): boolean {
  return existsSync(join(directory, partialMarker));
}

/** Why no database can be created in a directory; undefined if one can. */
function obstacle(directory: string): string | undefined {
  if (embeddedExists(directory)) return undefined;
  let existing = directory;
  while (!existsSync(existing)) existing = dirname(existing);
  if (!statSync(existing).isDirectory()) return `${existing} is not a folder`;
  if (existing !== directory || isPartial(directory) || contentOf(directory).length === 0) return undefined;
  return "it is not empty and does not contain a database";
}

/**
 * Checks that a database can be created in a directory. Creates nothing, so that either all databases are created or
 * none.
 * @throws SocratesError `embedded-failed`
 */
export function checkDirectory(directory: string): void {
  const reason = obstacle(directory);
  if (reason !== undefined)
    throw failed(
      `the embedded database ${directory} cannot be created: ${reason}`,
      "Name another folder with --data-dir, or move its contents away.",
    );
}

/**
 * Refuses a database of another major version, whose files are not compatible. @throws SocratesError
 * `embedded-failed`
 */
export function checkMajorVersion(directory: string): void {
  const found = readFileSync(join(directory, marker), "utf8").trim();
  if (found !== majorVersion)
    throw failed(
      `the embedded database ${directory} is of PostgreSQL ${found}, and this version of socrates-db runs PostgreSQL ${majorVersion}`,
      "Copy its rows with the version of socrates-db that created it, or remove the folder to start over.",
    );
}

/** Recreates the empty folders that a copy has left out. The caller holds the directory's lock. */
export function restoreFolders(directory: string): void {
  for (const folder of emptyFolders) mkdirSync(join(directory, folder), { recursive: true, mode: 0o700 });
}
