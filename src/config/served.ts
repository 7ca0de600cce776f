import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  identifyProcess,
  type ProcessIdentity,
  processState,
} from "../database/embedded/process-identity.ts";
import type { ServerTarget } from "../database/target.ts";

/** A database that `serve` offers on this machine. */
export interface ServedDatabase {
  readonly key: string;
  readonly name: string;
  readonly port: number;
  /** Undefined when clients need none. */
  readonly password?: string | undefined;
}

/** What a running `serve` has written down for other commands. */
export interface Served {
  readonly process: ProcessIdentity;
  readonly databases: readonly ServedDatabase[];
}

const host = "127.0.0.1";
const user = "postgres";

function fileOf(dataDir: string): string {
  return path.join(dataDir, "serve.json");
}

/** The databases that another process serves from a folder; undefined if none does. */
export function readServed(dataDir: string): Served | undefined {
  let served: unknown;
  try {
    served = JSON.parse(readFileSync(fileOf(dataDir), "utf8"));
  } catch {
    // Missing, or being written: the lock of the data directory then says who uses it.
    return undefined;
  }
  if (!isServed(served) || processState(served.process, identifyProcess()) !== "running") return undefined;
  return served;
}

/** Lets other commands find the databases of this process. */
export function writeServed(dataDir: string, databases: readonly ServedDatabase[]): void {
  const draft = `${fileOf(dataDir)}.${process.pid}`;
  const served: Served = { process: identifyProcess(), databases };
  writeFileSync(draft, `${JSON.stringify(served)}\n`, { mode: 0o600 });
  renameSync(draft, fileOf(dataDir));
}

export function removeServed(dataDir: string): void {
  rmSync(fileOf(dataDir), { force: true });
}

/** The connection string; only the name may need percent-encoding. */
export function servedUrl({ name, port, password }: ServedDatabase): string {
  return `postgres://${user}${password === undefined ? "" : `:${password}`}@${host}:${port}/${encodeURIComponent(name)}`;
}

export function servedTarget({ name, port, password }: ServedDatabase): ServerTarget {
  return {
    kind: "server",
    hosts: [{ host, port }],
    user,
    database: name,
    ...(password !== undefined && { password }),
    sslMode: "disable",
    connectTimeout: 10,
  };
}

function isServed(value: unknown): value is Served {
  return (
    typeof value === "object" &&
    value !== null &&
    "process" in value &&
    "databases" in value &&
    Array.isArray(value.databases)
  );
}
