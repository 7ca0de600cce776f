import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { majorVersion } from "../database/embedded/directory.ts";

/** How long pg_dump may take to print its version, in milliseconds. */
const patience = 5_000;

/** The version of the pg_dump in PATH, such as `15.18`; undefined if none answers. */
async function installedVersion(): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)("pg_dump", ["--version"], { timeout: patience });
    return /\d+(?:\.\d+)*/.exec(stdout)?.[0];
  } catch {
    return undefined;
  }
}

/**
 * A pg_dump that cannot read the embedded databases: it refuses servers of a newer major version (manual, "pg_dump",
 * section "Notes").
 * @returns its version; undefined if it can read them, or is not installed
 */
export async function tooOldPgDump(): Promise<string | undefined> {
  const version = await installedVersion();
  return version !== undefined && Number.parseInt(version, 10) < Number(majorVersion) ? version : undefined;
}
