import { randomUUID } from "node:crypto";
import {
  constants,
  copyFileSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SocratesError } from "../../errors.ts";
import { outerLock } from "./directory.ts";
import { identifyProcess, type ProcessIdentity, processState } from "./process-identity.ts";

/** The content of a lock file. */
interface Holder extends ProcessIdentity {
  /** Unique for each acquisition of the lock. */
  readonly token: string;
  readonly command: string;
}

export interface DirectoryLock {
  /** Releases the directory. Only once nothing in this process writes to it any more. */
  release(): void;
}

/** How long processes may take to agree on which one replaces a dead holder, in milliseconds. */
const settleDeadline = 10_000;

/**
 * Takes the lock of a data directory, a file next to it. Two engines on one directory would destroy it.
 * The file is linked into place with its content, so it is never half-written. The file of a dead process is
 * replaced, but never by two processes: a process that wants to replace it must first hold the lock on it
 * (`<file>.<token of the dead one>`), and only while it holds that lock is the file's content certain. Tokens are
 * unique, so an old claim does not apply to a newer holder.
 * The lock is not released when the process exits, as its threads end after its exit handlers. The file of an ended
 * process is stale and does not delay the next start.
 * @throws SocratesError `embedded-locked` when a live process holds it, or one that cannot be seen from here
 */
export async function lockDirectory(
  directory: string,
  file: string = outerLock(directory),
): Promise<DirectoryLock> {
  const me = newHolder();
  const deadline = performance.now() + settleDeadline;
  const holder = await take(file, me, deadline);
  if (holder !== undefined) throw lockedError(directory, file, holder, me);
  // A file that cannot be removed does not prevent a start.
  await removeLeftovers(file, me).catch(() => undefined);
  return releasing(file, me);
}

/** A lock that is created together with its directory, and therefore held from the start. */
export interface NewLock extends DirectoryLock {
  /** The content of its file. */
  readonly text: string;
}

/** The lock for a file that is written into a new directory before any other process can see it. */
export function newLock(file: string): NewLock {
  const me = newHolder();
  return { ...releasing(file, me), text: JSON.stringify(me) };
}

function newHolder(): Holder {
  const command = basename(process.argv[1] ?? process.execPath);
  return { ...identifyProcess(), token: randomUUID(), command };
}

function releasing(file: string, me: Holder): DirectoryLock {
  return {
    release() {
      if (readHolder(file)?.token === me.token) unlinkSync(file);
    },
  };
}

/** Returns undefined if the lock was taken, else its holder. */
async function take(file: string, me: Holder, deadline: number): Promise<Holder | undefined> {
  for (;;) {
    if (create(file, me)) return undefined;
    const holder = readHolder(file);
    if (holder === undefined) {
      await sleep(1);
      continue;
    }
    if (processState(holder, me) !== "gone") return holder;
    const claim = `${file}.${holder.token}`;
    const rival = await take(claim, me, deadline);
    if (rival !== undefined) {
      // A live process is about to replace it.
      if (performance.now() > deadline) return rival;
      await sleep(5);
    } else if (readHolder(file)?.token === holder.token) {
      renameSync(claim, file);
      return undefined;
    } else {
      unlinkSync(claim);
    }
  }
}

/** The name of a draft ends with its writer's pid. */
const draftName = /\.(\d+)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Removes drafts and claims that killed processes have left next to the lock. */
async function removeLeftovers(file: string, me: Holder): Promise<void> {
  const beside = readdirSync(dirname(file)).filter((name) => name.startsWith(`${basename(file)}.`));
  for (const name of beside.sort()) {
    // It may have been removed with the one before it.
    await removeLeftover(join(dirname(file), name), me).catch(() => undefined);
  }
}

/** A draft belongs to one process. A claim is taken over first, as a live process may be about to do the same. */
async function removeLeftover(path: string, me: Holder): Promise<void> {
  const pid = draftName.exec(path)?.[1];
  const written = parseHolder(readFileSync(path, "utf8"));
  // A draft may be half-written. Any other file that does not name a process is not ours.
  const holder = written ?? (pid === undefined ? undefined : { ...me, pid: Number(pid), started: "" });
  if (holder === undefined || processState(holder, me) !== "gone") return;
  if (pid !== undefined || (await take(path, me, 0)) === undefined) rmSync(path, { force: true });
}

/** Creates the file with its whole content; false if it exists. */
function create(file: string, me: Holder): boolean {
  const draft = `${file}.${process.pid}-${randomUUID()}`;
  try {
    writeFileSync(draft, JSON.stringify(me), { flag: "wx", mode: 0o600 });
    return link(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Error codes of file systems that have no hard links (link(2)), as on exFAT, SMB and some volumes of containers. */
const withoutLinks = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];

/** False if the file exists, or if another container removed the draft as that of a dead process. */
function link(draft: string, file: string): boolean {
  return isMade(() => {
    try {
      linkSync(draft, file);
    } catch (error) {
      if (!withoutLinks.includes(codeOf(error) ?? "")) throw error;
      // Created and written in two steps: a process that finds it empty checks again.
      copyFileSync(draft, file, constants.COPYFILE_EXCL);
    }
  });
}

function isMade(make: () => void): boolean {
  try {
    make();
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST" || code === "ENOENT") return false;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** How long a file may be empty before its writer counts as dead, in milliseconds. */
const emptyFor = 2_000;

/**
 * The holder of the lock; undefined if there is none. A file that cannot be read counts as that of a dead process.
 */
function readHolder(file: string): Holder | undefined {
  try {
    const text = readFileSync(file, "utf8");
    if (text === "" && Date.now() - statSync(file).mtimeMs < emptyFor) return undefined;
    return (
      parseHolder(text) ?? {
        ...identifyProcess(),
        boot: "",
        token: `unreadable-${statSync(file).ino}`,
        command: "",
      }
    );
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isHolder(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== "object" || value === null || !("pid" in value) || typeof value.pid !== "number")
    return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  const texts = ["host", "boot", "pidSpace", "started", "token", "command"];
  // The token becomes part of a file name.
  return (
    texts.every((name) => typeof fields.get(name) === "string") &&
    /^[\w-]+$/.test(String(fields.get("token")))
  );
}

function lockedError(directory: string, file: string, holder: Holder, me: Holder): SocratesError {
  const who = `process ${holder.pid} (${holder.command})`;
  if (processState(holder, me) === "running") {
    // Without a start time, as on Windows, another program may have the pid of one that died.
    const doubt = holder.started === "" ? ` If it is another program, delete ${file}.` : "";
    return new SocratesError("embedded-locked", `the embedded database ${directory} is in use by ${who}`, {
      hint: `Wait until that process has finished, or stop it. One process at a time can use the directory.${doubt}`,
    });
  }
  const elsewhere = holder.host === me.host ? "in another container" : `on ${holder.host}`;
  return new SocratesError(
    "embedded-locked",
    `the embedded database ${directory} is in use by ${who} ${elsewhere}`,
    {
      hint: `If that process no longer runs, delete ${file}.`,
    },
  );
}
