import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { password, throwAwaySettings } from "./lane.ts";

/** PostgreSQL refuses to run as root, so root runs it as another user. */
export function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const entry = ["postgres", "nobody"].flatMap((name) => lines.find(([user]) => user === name) ?? []);
  const [, , uid, gid] = entry;
  if (uid === undefined || gid === undefined)
    throw new Error("root needs a system user postgres (or the unprivileged default user) to run PostgreSQL");
  return { uid: Number(uid), gid: Number(gid) };
}

/** A separate folder that the servers' user can access. */
export function serverFolder(): string {
  const user = serverUser();
  const folder = mkdtempSync(path.join(tmpdir(), "socrates-db-server-"));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o755);
  return folder;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === "object"
          ? resolve(address.port)
          : reject(new Error("no port")),
      );
    });
  });
}

/** Another user cannot access a folder below a private home, so the programs are copied. */
function reachable(programs: string, scratch: string): string {
  const user = serverUser();
  if (user === undefined) return programs;
  try {
    execFileSync(path.join(programs, "postgres"), ["--version"], { ...user, stdio: "ignore" });
    return programs;
  } catch {
    const copy = path.join(scratch, "native");
    cpSync(path.dirname(programs), copy, { recursive: true, verbatimSymlinks: true });
    return path.join(copy, "bin");
  }
}

function waitUntilReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    server.stderr?.on("data", (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes("ready to accept")) resolve();
    });
    server.on("exit", (code) => reject(new Error(`the server ended with ${code}:\n${log}`)));
    server.on("error", reject);
  });
}

/** A separate server for the tests, with its own data directory, that can be stopped and started again. */
export interface Cluster {
  /** Connection string of a superuser, for the database `postgres`. */
  readonly url: string;
  readonly port: number;
  /** Contains the data directory, and the unix socket. */
  readonly folder: string;
  /** @param settings of `postgresql.conf`; by default those of a disposable server */
  start(settings?: Readonly<Record<string, string>>): Promise<void>;
  /** Fast: sessions are ended. Immediate: as in a crash, so that the next start recovers. */
  stop(mode: "fast" | "immediate"): Promise<void>;
  /** A standby that streams from this cluster, which must be stopped while it is copied. Neither is started. */
  standby(): Promise<Cluster>;
  /** Stops the server and removes everything. */
  remove(): Promise<void>;
}

const running = new Set<ChildProcess>();
// A server that a test has left behind would run forever.
process.once("exit", () => {
  for (const server of running) server.kill("SIGQUIT");
});

function cluster(programs: string, folder: string, port: number): Cluster {
  const user = serverUser();
  const data = path.join(folder, "data");
  let server: ChildProcess | undefined;
  const self: Cluster = {
    url: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
    port,
    folder,
    start: async (settings = throwAwaySettings) => {
      const all = {
        listen_addresses: "127.0.0.1",
        ...settings,
        log_min_messages: "log",
        port: String(port),
        unix_socket_directories: folder,
      };
      const started = spawn(
        path.join(programs, "postgres"),
        ["-D", data, ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
        { ...user, cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
      );
      server = started;
      running.add(started);
      started.once("exit", () => running.delete(started));
      await waitUntilReady(started);
    },
    stop: async (mode) => {
      const stopping = server;
      server = undefined;
      if (stopping === undefined || stopping.exitCode !== null) return;
      const ended = new Promise((resolve) => stopping.once("exit", resolve));
      stopping.kill(mode === "fast" ? "SIGINT" : "SIGQUIT");
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5_000).unref())]);
      stopping.kill("SIGKILL");
    },
    standby: async () => {
      const other = serverFolder();
      // Keeps owners and permissions.
      execFileSync("cp", ["-a", data, other]);
      writeFileSync(path.join(other, "data/standby.signal"), "");
      appendFileSync(
        path.join(other, "data/postgresql.auto.conf"),
        `primary_conninfo = 'host=127.0.0.1 port=${port} user=postgres password=${password}'\n`,
      );
      return cluster(programs, other, await freePort());
    },
    remove: async () => {
      await self.stop("fast");
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return self;
}

/**
 * Creates a cluster with the programs of a folder. Passwords are required, as in production: a wrong one must be
 * rejected.
 */
export async function makeCluster(programFolder: string): Promise<Cluster> {
  const folder = serverFolder();
  const programs = reachable(programFolder, folder);
  const passwordFile = path.join(folder, "password");
  writeFileSync(passwordFile, password);
  const options = ["-U", "postgres", "-A", "scram-sha-256", `--pwfile=${passwordFile}`];
  execFileSync(
    path.join(programs, "initdb"),
    ["-D", path.join(folder, "data"), ...options, "-E", "UTF8", "--locale=C", "-N"],
    { ...serverUser(), stdio: "ignore", cwd: folder },
  );
  return cluster(programs, folder, await freePort());
}
