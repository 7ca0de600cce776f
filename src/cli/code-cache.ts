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

/** Bytecode of programs that nobody has started for so long is removed. */
const keptFor = 30 * 24 * 3600 * 1000;

/**
 * Whether only this user can have written a file: V8 runs bytecode as it stands, so that of somebody else would be a way
 * to run code as this user.
 */
function isOurs({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  const self = process.geteuid?.();
  return self === undefined || (uid === self && (mode & 0o022) === 0);
}

/** The bytecode in a file; undefined where there is none that can be trusted. */
export function readCode(file: string): Buffer | undefined {
  let handle: number | undefined;
  try {
    handle = openSync(file, "r");
    return isOurs(fstatSync(handle)) ? readFileSync(handle) : undefined;
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

/** Writes bytecode beside its file and renames it, so that no reader meets half of it. Where it cannot be kept, starts stay slower. */
export function writeCode(file: string, code: Buffer): void {
  const folder = path.dirname(file);
  const partial = `${file}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(partial, code, { mode: 0o600 });
    renameSync(partial, file);
    removeOld(folder);
  } catch {
    rmSync(partial, { force: true });
  }
}
