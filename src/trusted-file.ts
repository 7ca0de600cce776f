import { createHash } from "node:crypto";
import {
  closeSync,
  fstatSync,
  futimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";

/** Unused files are removed after this time, in milliseconds; they can be recreated. */
const maxAge = 30 * 24 * 3600 * 1000;

/** How often a use is recorded at most, in milliseconds. */
const noted = 24 * 3600 * 1000;

const digestLength = 32;

/**
 * Whether only this user can have written a file. Another user's file could mislead this one, and as bytecode even
 * run code.
 */
function isOurs({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  const self = process.geteuid?.();
  return self === undefined || (uid === self && (mode & 0o022) === 0);
}

function digestOf(content: Buffer): Buffer {
  return createHash("sha256").update(content).digest();
}

/**
 * The content of a file that {@link writeTrusted} wrote: complete, and by this user.
 * @param origin `package` for a file of the installed package, which is trusted like the program
 * @returns undefined if there is none, or none that can be trusted
 */
export function readTrusted(file: string, origin: "user" | "package" = "user"): Buffer | undefined {
  let handle: number | undefined;
  try {
    handle = openSync(file, "r");
    const stat = fstatSync(handle);
    if (origin === "user" && !isOurs(stat)) return undefined;
    const all = readFileSync(handle);
    const content = all.subarray(0, -digestLength);
    if (!digestOf(content).equals(all.subarray(content.length))) return undefined;
    if (origin === "user") noteUse(handle, stat.mtimeMs);
    return content;
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** The modification time records the last use. The file can be used even if that fails. */
function noteUse(handle: number, mtimeMs: number): void {
  const now = Date.now();
  if (now - mtimeMs < noted) return;
  try {
    futimesSync(handle, now / 1000, now / 1000);
  } catch {
    // The file is removed too early, and recreated.
  }
}

function removeOld(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isFile() && Date.now() - statSync(file).mtimeMs > maxAge) rmSync(file);
  }
}

/**
 * Writes a file followed by its SHA-256, to a temporary name and then renamed, so that readers see it whole; then
 * removes unused files from its folder. A folder that cannot be written is not an error, as all files can be
 * recreated.
 */
export function writeTrusted(file: string, content: Buffer): void {
  const folder = path.dirname(file);
  // Threads of one process may write at once.
  const partial = `${file}.${process.pid}-${process.hrtime.bigint()}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    try {
      writeFileSync(partial, Buffer.concat([content, digestOf(content)]), { mode: 0o600 });
      renameSync(partial, file);
    } finally {
      rmSync(partial, { force: true });
    }
    removeOld(folder);
  } catch {
    // Without the file the next run is slower, but correct.
  }
}
