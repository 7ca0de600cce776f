import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withUrls } from "../faults/support/machine.ts";
import { runCli } from "../support/cli.ts";
import { makePlace } from "../support/place.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "socrates-db-code-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const codeFolder = () => path.join(folder, "cache", "socrates-db", "code");

/** A command that needs no database, run in a separate process. */
function plan() {
  return runCli(["migrate", "--dry-run", "--phase", "0"], {
    cwd: folder,
    env: { XDG_CACHE_HOME: path.join(folder, "cache") },
    spawn: true,
  });
}

async function planned(): Promise<void> {
  expect(await plan()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("CREATE TABLE users") });
}

/** The file with the cached bytecode of the program, or of a package that it has loaded. */
function codeFile(of = "program", command = "migrate"): string {
  const names = readdirSync(codeFolder()).filter((name) => name.startsWith(of) && name.endsWith(command));
  expect(names).toEqual([expect.stringMatching(/^[\w-]+-\w+-v[\w.-]+$/)]);
  return path.join(codeFolder(), names[0] ?? "");
}

describe("the bytecode of the program", () => {
  it("is cached for the next start of the command, for its owner only", async () => {
    await planned();
    const file = codeFile();
    const { mode, mtimeMs, size } = statSync(file);
    expect(size).toBeGreaterThan(100_000);
    if (process.platform !== "win32") expect(mode & 0o777).toBe(0o600);
    await planned();
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
  });

  it("is cached under the options with which Node starts, also after the embedded engine has changed them", async () => {
    const env = { XDG_CACHE_HOME: path.join(folder, "cache") };
    const migrate = () => runCli(["migrate", "--phase", "0"], { cwd: folder, env, spawn: true });
    expect(await migrate()).toMatchObject({ exitCode: 0 });
    const cached = readdirSync(codeFolder());
    expect(cached).toContainEqual(expect.stringMatching(/^program-.*-migrate$/));
    expect(cached).toContainEqual(expect.stringMatching(/^embedded-worker-.*-engine$/));
    const changes = () => cached.map((name) => statSync(path.join(codeFolder(), name)).mtimeMs);
    const before = changes();
    // V8 refuses bytecode of other options, and it would be written again.
    expect(await migrate()).toMatchObject({ exitCode: 0 });
    expect(changes()).toEqual(before);
  });

  it("is cached for a package when a run first needs it", async () => {
    const env = { XDG_CACHE_HOME: path.join(folder, "cache") };
    const status = async () =>
      expect(await runCli(["status"], { cwd: folder, env, spawn: true })).toMatchObject({ exitCode: 0 });
    await status();
    expect(readdirSync(codeFolder()).filter((name) => name.startsWith("zod"))).toEqual([]);
    const { mtimeMs } = statSync(codeFile("program", "status"));
    writeFileSync(path.join(folder, "socrates-db.config.json"), '{"builtin":true}');
    await status();
    expect(statSync(codeFile("zod-mini", "status")).size).toBeGreaterThan(10_000);
    expect(statSync(codeFile("program", "status")).mtimeMs).toBe(mtimeMs);
  });

  it("loads later what the first start has loaded later", async () => {
    // The layout engine is a package outside of the program.
    const drawn = () =>
      runCli(["diagram", "--quiet"], {
        cwd: folder,
        env: { XDG_CACHE_HOME: path.join(folder, "cache") },
        spawn: true,
      });
    const first = await drawn();
    expect(first).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("┌"), stderr: "" });
    expect(readdirSync(codeFolder())).toContainEqual(expect.stringMatching(/^program-.*-diagram$/));
    expect(await drawn()).toEqual(first);
  });

  it("loads the code that resolves host names", async () => {
    const place = await makePlace("server");
    try {
      const env = withUrls(place.env, (url) => {
        url.hostname = "localhost";
      });
      const asked = () =>
        runCli(["status", "--quiet"], {
          cwd: place.folder,
          env: { ...env, XDG_CACHE_HOME: path.join(folder, "cache") },
          spawn: true,
        });
      const first = await asked();
      expect(first).toMatchObject({ exitCode: 0, stderr: "" });
      expect(await asked()).toEqual(first);
    } finally {
      await place.dispose();
    }
  });

  it("is not cached for a command that could not run", async () => {
    const { exitCode } = await runCli(["migrate", "--phase", "99", "--dry-run"], {
      cwd: folder,
      env: { XDG_CACHE_HOME: path.join(folder, "cache") },
      spawn: true,
    });
    expect(exitCode).toBe(2);
    expect(() => readdirSync(codeFolder())).toThrow("ENOENT");
  });

  it.each([
    [
      "with other bytes in the middle",
      (code: Buffer) => code.fill(0xa5, code.length >> 1, (code.length >> 1) + 4096),
    ],
    ["cut off", (code: Buffer) => code.subarray(0, code.length >> 1)],
    ["full of zeros", (code: Buffer) => Buffer.alloc(code.length)],
    ["empty", () => Buffer.alloc(0)],
  ])("is rebuilt if it is damaged: %s", async (_, damage) => {
    await planned();
    const file = codeFile();
    const sound = readFileSync(file).length;
    writeFileSync(file, damage(readFileSync(file)));
    await planned();
    expect(readFileSync(file).length).toBeGreaterThan(sound / 2);
    await planned();
  });

  it.skipIf(process.platform === "win32")("is not loaded where others may write it", async () => {
    await planned();
    const file = codeFile();
    chmodSync(file, 0o666);
    await planned();
    // It was not accepted as a cached file, and so was replaced.
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("is left out if it does not fit", async () => {
    mkdirSync(path.join(folder, "cache"));
    writeFileSync(path.join(folder, "cache", "socrates-db"), "a file is in the way");
    await planned();
    await planned();
  });
});
