import { createHash } from "node:crypto";
import {
  closeSync,
  fstatSync,
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

/** Bytecode that was made so long ago is removed, in milliseconds; what is still used is made anew. */
const keptFor = 30 * 24 * 3600 * 1000;

/**
 * Whether only this user can have written a file: V8 runs bytecode as it stands, so that of somebody else would be a way
 * to run code as this user.
 */
function isOurs({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  const self = process.geteuid?.();
  return self === undefined || (uid === self && (mode & 0o022) === 0);
}

/** V8 itself looks at no more than the length: damaged bytecode would crash it. */
function digestOf(code: Buffer): Buffer {
  return createHash("sha256").update(code).digest();
}

const digestLength = 32;

/** The bytecode in a file, behind its SHA-256; undefined where there is none that can be trusted. */
export function readCode(file: string): Buffer | undefined {
  let handle: number | undefined;
  try {
    handle = openSync(file, "r");
    if (!isOurs(fstatSync(handle))) return undefined;
    const content = readFileSync(handle);
    const code = content.subarray(digestLength);
    return digestOf(code).equals(content.subarray(0, digestLength)) ? code : undefined;
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

function removeOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    if (Date.now() - statSync(file).mtimeMs > keptFor) rmSync(file);
  }
}

/** Writes bytecode beside its file and renames it, so that no reader meets half of it. */
export function writeCode(file: string, code: Buffer): void {
  const folder = path.dirname(file);
  const partial = `${file}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    try {
      writeFileSync(partial, Buffer.concat([digestOf(code), code]), { mode: 0o600 });
      renameSync(partial, file);
    } finally {
      rmSync(partial, { force: true });
    }
    removeOld(folder);
  } catch {
    // Without it the next start is slower, and no less right.
  }
}
