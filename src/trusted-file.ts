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

/** What was not used for so long is removed, in milliseconds; it can be made again. */
const maxAge = 30 * 24 * 3600 * 1000;

/** A use is noted at most so often, in milliseconds. */
const noted = 24 * 3600 * 1000;

const digestLength = 32;

/**
 * Whether only this user can have written a file. What another user wrote would decide what this one is told, and of
 * bytecode even what runs.
 */
function isOurs({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  const self = process.geteuid?.();
  return self === undefined || (uid === self && (mode & 0o022) === 0);
}

function digestOf(content: Buffer): Buffer {
  return createHash("sha256").update(content).digest();
}

/**
 * The content of a file that {@link writeTrusted} wrote: whole, and by this user.
 * @param origin `package` for a file of the installed package, which is trusted as the program beside it is
 * @returns undefined where there is none, or none that can be trusted
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

/** The time of a file says when it was last used. A file that cannot be told so is used all the same. */
function noteUse(handle: number, mtimeMs: number): void {
  const now = Date.now();
  if (now - mtimeMs < noted) return;
  try {
    futimesSync(handle, now / 1000, now / 1000);
  } catch {
    // It is removed earlier than it should be, and made again.
  }
}

function removeOld(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isFile() && Date.now() - statSync(file).mtimeMs > maxAge) rmSync(file);
  }
}

/**
 * Writes a file with its SHA-256 behind it, beside its place and then renamed, so that no reader meets half of it; then
 * removes what was long not used from its folder. A folder that cannot be written is no error: all of it can be made again.
 */
export function writeTrusted(file: string, content: Buffer): void {
  const folder = path.dirname(file);
  const partial = `${file}.${process.pid}`;
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
    // Without it the next run is slower, and no less right.
  }
}
