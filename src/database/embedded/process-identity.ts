import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Identifies a process well enough to check later whether it still runs: pids are reused. */
export interface ProcessIdentity {
  readonly host: string;
  /** Changes with each boot of the machine; empty if unknown. */
  readonly boot: string;
  /** The namespace of the pid: each container has its own. Empty if there is none. */
  readonly pidSpace: string;
  readonly pid: number;
  /** When the process started, as the system reports it; empty if unknown. */
  readonly started: string;
}

/** Identifies this process. */
export function identifyProcess(): ProcessIdentity {
  return {
    host: hostname(),
    boot: attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    pidSpace: attempt(() => readlinkSync("/proc/self/ns/pid")),
    pid: process.pid,
    started: startTime(process.pid) ?? "",
  };
}

/** Whether a process still runs; "unknown" if it belongs to another machine or container. */
export function processState(other: ProcessIdentity, here: ProcessIdentity): "running" | "gone" | "unknown" {
  if (other.host !== here.host) return "unknown";
  if (other.boot !== here.boot) return "gone";
  if (other.pidSpace !== here.pidSpace) return "unknown";
  const started = startTime(other.pid);
  if (started === undefined) return "gone";
  return started === other.started || started === "" || other.started === "" ? "running" : "gone";
}

/** When a process started; undefined if it does not exist, empty if the system does not say. */
function startTime(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs as another user.
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return undefined;
  }
  if (process.platform === "linux") return attempt(() => linuxStartTime(pid), "");
  if (process.platform === "win32") return "";
  return attempt(() => startTimeByPs(pid));
}

/** The start time as ps(1) prints it, in one language and one time zone: every process must read the same. */
export function startTimeByPs(pid: number): string {
  const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
  return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", env }).trim();
}

/** proc(5): after the name in parentheses come the state (field 3), the number of threads (20), the start time (22). */
function linuxStartTime(pid: number): string | undefined {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  // A zombie: killed, but not waited for. Its other threads may still write.
  if (fields[0] === "Z" && Number(fields[17]) <= 1) return undefined;
  return fields[19];
}

function attempt<T extends string | undefined>(read: () => T, otherwise: T | "" = ""): T | "" {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
