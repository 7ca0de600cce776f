import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";

const program = path.resolve(import.meta.dirname, "../../bin/socrates-db.js");
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "socrates-db-streams-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command whose stdout has no reader, or goes to a file. */
function runInto(
  out: "closed" | number,
  args: readonly string[],
): Promise<{ exitCode: number | null; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: folder,
      stdio: ["ignore", out === "closed" ? "pipe" : out, "pipe"],
    });
    child.stdout?.destroy();
    let stderr = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (exitCode) => resolve({ exitCode, stderr }));
  });
}

const reports = ["--help", "--version", "migrate --help", "status", "migrate --dry-run", "completion bash"];

describe("standard output that cannot be written (fault 32)", () => {
  it.each(reports)("because its reader has closed it: %s", async (line) => {
    const { exitCode, stderr } = await runInto("closed", line.split(" "));
    expect(exitCode).toBe(2);
    expect(stderr).toContain("error: standard output cannot be written: its reader has closed it\nhint: ");
    expect(stderr).not.toMatch(/^\s+at /m);
  });
  it.skipIf(!existsSync("/dev/full")).each(reports)("because the disk is full: %s", async (line) => {
    const { exitCode, stderr } = await runInto(openSync("/dev/full", "w"), line.split(" "));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: standard output cannot be written: ENOSPC.*\nhint: .*$/m);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe.skipIf(process.platform === "win32")("in a shell (fault 32)", () => {
  const shell = (line: string) =>
    spawnSync("bash", ["-c", line], {
      cwd: folder,
      env: { ...process.env, NODE: process.execPath, PROGRAM: program },
      encoding: "utf8",
    });

  it.each(reports)("head takes the first line, and the rest is lost without a trace: %s", (line) => {
    const { stdout, stderr } = shell(`"$NODE" "$PROGRAM" ${line} | head -1`);
    expect(stdout).toMatch(/^.+\n$/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it("a closed stderr does not affect the report and the exit code", () => {
    const open = shell(`"$NODE" "$PROGRAM" status --check`);
    expect(open.stderr).toContain("using the embedded databases");
    const closed = shell(`"$NODE" "$PROGRAM" status --check 2>&-`);
    expect([closed.status, closed.stdout]).toEqual([1, open.stdout]);
  });
});

describe.skipIf(process.platform !== "linux")("the process list (fault 29)", () => {
  it("does not show a password that was given in a flag", async () => {
    // A server that accepts and never answers keeps the program where it can be inspected.
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    const url = (name: string) => `postgresql://u:canary@127.0.0.1:${port}/${name}?sslmode=disable`;
    let seen = "";
    let ended = false;
    const result = await runCli(["status", "--auth-url", url("auth"), "--specs-url", url("specs")], {
      cwd: folder,
      onStart: (child) => {
        server.once("connection", () => {
          seen = readFileSync(`/proc/${child.pid}/cmdline`, "latin1").replaceAll("\0", " ").trim();
          ended = child.kill("SIGKILL");
        });
      },
    });
    server.close();
    expect(ended).toBe(true);
    expect(seen).toBe("socrates-db");
    expect(result.stderr).toContain("warning: the password in --auth-url is visible in the process list");
    expect(`${result.stdout}${result.stderr}`).not.toContain("canary");
  });
});
