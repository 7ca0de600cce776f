import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { lockDirectory } from "../../src/database/embedded/directory-lock.ts";
import { identifyProcess, startTimeByPs } from "../../src/database/embedded/process-identity.ts";
import { bundleChild, run, scratch } from "./helpers.ts";

let folder: ReturnType<typeof scratch>;
let directory: string;
let locker: string;

beforeAll(async () => {
  locker = await bundleChild("lock");
});
beforeEach(() => {
  folder = scratch();
  directory = join(folder.path, "auth");
});
afterEach(() => folder.remove());

function writeLock(change: Record<string, unknown>): void {
  const holder = { ...identifyProcess(), token: "before", command: "earlier", ...change };
  writeFileSync(`${directory}.lock`, JSON.stringify(holder));
}

it("can be taken again after its release, and leaves no file", async () => {
  (await lockDirectory(directory)).release();
  const lock = await lockDirectory(directory);
  expect(readdirSync(folder.path)).toEqual(["auth.lock"]);
  lock.release();
  lock.release();
  expect(readdirSync(folder.path)).toEqual([]);
});

it.each([
  ["of a dead process", { pid: 2 ** 22 + 1 }],
  ["whose pid is used again", { started: "1" }],
  ["from before a reboot", { boot: "another" }],
])("takes over a lock %s (fault 33)", async (_, change) => {
  writeLock(change);
  const lock = await lockDirectory(directory);
  expect(readFileSync(`${directory}.lock`, "utf8")).toContain(`"pid":${process.pid}`);
  lock.release();
  expect(readdirSync(folder.path)).toEqual([]);
});

it.each(["", "{", "null", '{"pid":1,"token":"../x"}'])(
  "takes over a file that holds %j (fault 33)",
  async (text) => {
    writeFileSync(`${directory}.lock`, text);
    (await lockDirectory(directory)).release();
  },
);

it.each([
  ["a live process", {}, /is in use by process \d+ \(earlier\)$/],
  ["another machine", { host: "elsewhere" }, /on elsewhere$/],
  ["another container", { pidSpace: "pid:[1]" }, /in another container$/],
])("respects the lock of %s (fault 33)", async (_, change, text) => {
  writeLock(change);
  await expect(lockDirectory(directory)).rejects.toMatchObject({ code: "embedded-locked" });
  await expect(lockDirectory(directory)).rejects.toThrow(text);
});

it("says what to delete where a start time is unknown, as on Windows, and the pid may be another program's", async () => {
  writeLock({ started: "" });
  const hint = expect.stringMatching(/If it is another program, delete .*auth\.lock\.$/);
  await expect(lockDirectory(directory)).rejects.toMatchObject({ code: "embedded-locked", hint });
  writeLock({});
  const plain = expect.stringMatching(/can use the directory\.$/);
  await expect(lockDirectory(directory)).rejects.toMatchObject({ code: "embedded-locked", hint: plain });
});

const hasPs = spawnSync("ps", ["-p", String(process.pid)]).status === 0;
it.skipIf(!hasPs).each(["Asia/Tokyo", "America/New_York", "Europe/Athens"])(
  "every process reads the same start time, also with the time zone %s",
  (zone) => {
    const before = { TZ: process.env["TZ"], LC_ALL: process.env["LC_ALL"] };
    const here = startTimeByPs(process.pid);
    try {
      Object.assign(process.env, { TZ: zone, LC_ALL: "de_DE.UTF-8" });
      expect(startTimeByPs(process.pid)).toBe(here);
      expect(here).toMatch(/^\w{3} \w{3} +\d+ [\d:]{8} \d{4}$/);
    } finally {
      for (const [name, value] of Object.entries(before))
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
    }
  },
);

it("removes what killed processes have left next to it, and nothing of a live one (faults 33, 34)", async () => {
  const dead = { ...identifyProcess(), pid: 2 ** 22 + 1, token: randomUUID(), command: "earlier" };
  const alive = { ...dead, pid: process.ppid, started: "" };
  const draft = (pid: number) => `auth.lock.${pid}-${randomUUID()}`;
  const leave = (name: string, text: string) => {
    writeFileSync(join(folder.path, name), text);
    return name;
  };
  const claim = leave(`auth.lock.${randomUUID()}`, JSON.stringify(dead));
  leave(`${claim}.${dead.token}`, JSON.stringify(dead));
  leave(draft(dead.pid), JSON.stringify(dead));
  leave(draft(dead.pid), '{"host":');
  leave(`${claim}${draft(dead.pid).slice("auth.lock".length)}`, "");
  // The number of an ended process may be reused by now.
  leave(draft(process.ppid), JSON.stringify({ ...alive, started: "1" }));
  const kept = [
    leave(draft(process.ppid), JSON.stringify(alive)),
    leave(draft(process.ppid), ""),
    leave(draft(dead.pid), JSON.stringify({ ...dead, pidSpace: "pid:[1]" })),
    leave(`auth.lock.${randomUUID()}`, JSON.stringify(alive)),
    leave("auth.lock.old", "of another program"),
    leave("auth.locksmith", JSON.stringify(dead)),
  ];
  const lock = await lockDirectory(directory);
  expect(readdirSync(folder.path).sort()).toEqual(["auth.lock", ...kept].sort());
  lock.release();
});

it("is taken even if files next to it cannot be removed", async () => {
  const draft = `auth.lock.${2 ** 22 + 1}-${randomUUID()}`;
  mkdirSync(join(folder.path, draft));
  (await lockDirectory(directory)).release();
  expect(readdirSync(folder.path)).toEqual([draft]);
});

it("lets one of ten processes take over a stale lock after another died doing so (fault 33)", async () => {
  const dead = 2 ** 22 + 1;
  writeLock({ pid: dead });
  const claim = { ...identifyProcess(), pid: dead, token: "between", command: "earlier" };
  writeFileSync(`${directory}.lock.before`, JSON.stringify(claim));
  const startAt = String(Date.now() + 1500);
  const children = Array.from({ length: 10 }, () => run(locker, directory, startAt));
  await Promise.all(children.map((child) => child.says("\n")));
  const said = children.map((child) => child.output().trim()).sort();
  expect(said).toEqual([...Array(9).fill("lost embedded-locked"), "won"]);
  for (const child of children) child.process.kill("SIGKILL");
  await Promise.all(children.map((child) => child.ended));
  expect(readdirSync(folder.path)).toEqual(["auth.lock"]);
});
