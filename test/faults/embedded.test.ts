import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { identifyProcess } from "../../src/database/embedded/process-identity.ts";
import { keysOf, start, table, writeChains, writeMigration } from "../runner/helpers.ts";
import { makePlace, type Place } from "../support/place.ts";
import { refusal } from "../support/refusal.ts";
import { chance } from "./support/chance.ts";
import {
  expectAgreement,
  expectFailure,
  expectRecovery,
  inTime,
  ownChains,
  tableChains,
} from "./support/invariants.ts";
import { times } from "./support/level.ts";

let place: Place;
afterEach(() => place.dispose());

const chains = { auth: [table(1, 0), table(3, 1)], specs: [table(2, 0), table(4, 1)] };
const data = () => path.join(place.folder, ".socrates-db");

describe("two processes on one embedded directory (fault 33)", () => {
  const endless = { ...table(3, 1), up: "SELECT count(*) FROM generate_series(1, 1000000000000);" };

  it("the second is refused by name, and the first is not affected", async () => {
    place = await makePlace("embedded");
    writeChains(place, { ...chains, auth: [table(1, 0), endless] });
    const first = start(place, ["migrate"]);
    await first.says(keysOf(place).length === 1 ? "applied 001_m1" : "applied 004_m4");
    for (const args of [
      ["migrate"],
      ["status"],
      ["rollback", "--to", "0"],
      ["diff", "--from", "migrations", "--to", "live"],
    ]) {
      const { code, text } = await inTime(refusal(place, args));
      expect(code).toBe("embedded-locked");
      expect(text).toContain(`is in use by process ${first.child.pid}`);
    }
    first.child.kill("SIGKILL");
    expect((await first.result).exitCode).toBe("SIGKILL");
    // Its lock is stale now.
    expect(readdirSync(data()).filter((name) => name.endsWith(".lock"))).toEqual(
      keysOf(place).map((key) => `${key}.lock`),
    );
    writeMigration(place, "auth", table(3, 1));
    await expectRecovery(place, tableChains(chains));
    expect(readdirSync(data()).sort()).toEqual([".gitignore", ...keysOf(place)]);
  });

  it("ten concurrent processes: the admitted ones do the work, and nothing is done twice", async () => {
    place = await makePlace("embedded");
    writeChains(place, chains);
    const runs = Array.from({ length: 10 }, () => start(place, ["migrate", "--format", "json"]).result);
    for (const result of await Promise.all(runs))
      if (result.exitCode !== 0) expect(expectFailure(result).code).toBe("embedded-locked");
    await expectRecovery(place, tableChains(chains));
  });

  it.each([
    ["of an ended process", { pid: 2 ** 22 + 1 }],
    ["of a process number that another has now", { pid: process.pid, started: "1" }],
    ["from before a restart of the machine", { boot: "another" }],
  ])("a lock %s is taken over", async (_, change) => {
    place = await makePlace("embedded");
    writeChains(place, chains);
    mkdirSync(data(), { recursive: true });
    const holder = { ...identifyProcess(), token: "before", command: "earlier", ...change };
    for (const key of keysOf(place)) writeFileSync(path.join(data(), `${key}.lock`), JSON.stringify(holder));
    await expectRecovery(place, tableChains(chains));
    expect(readdirSync(data()).sort()).toEqual(keysOf(place));
  });
});

describe("kill -9 of an embedded run, again and again (fault 34)", () => {
  it("leaves databases that agree with their ledgers, its first start included", async ({ annotate }) => {
    const { seed, next } = chance();
    await annotate(`seed ${seed}`);
    place = await makePlace("embedded");
    const truth = ownChains("embedded");
    for (let kill = 0; kill < times(6, 50); kill++) {
      // Every fifth is a first start.
      if (kill % 5 === 0) rmSync(data(), { recursive: true, force: true });
      const { child, result } = start(place, ["migrate"]);
      const timer = setTimeout(() => child.kill("SIGKILL"), 60 + next() * (kill % 5 === 0 ? 900 : 1200));
      const { exitCode, stderr } = await result;
      clearTimeout(timer);
      const context = `seed ${seed}, kill ${kill}`;
      expect([0, "SIGKILL"], `${context}\n${stderr}`).toContain(exitCode);
      await expectAgreement(place, truth, context);
      if (exitCode === 0)
        expect((await place.run(["rollback", "--phase", "1"], { spawn: true })).exitCode).toBe(0);
    }
    await expectRecovery(place, truth, ["migrate"], `seed ${seed}`);
  });
});

/** Why there is no small disk here; undefined if there is one. */
function noSmallDisk(): string | undefined {
  if (process.platform !== "linux") return "a small disk is made with tmpfs, which is of Linux";
  if (process.getuid?.() !== 0) return "only root can mount a small disk";
  return undefined;
}

function mount(folder: string, options: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("a full disk under the embedded directory (fault 35)", () => {
  const mounted: string[] = [];
  afterEach(() => {
    for (const folder of mounted.splice(0)) execFileSync("umount", ["-l", folder]);
  });

  function smallDisk(size: string): string | undefined {
    const why = noSmallDisk();
    if (why !== undefined) return why;
    mkdirSync(data(), { recursive: true });
    if (!mount(data(), `size=${size}`)) return "this machine lets root mount nothing";
    mounted.push(data());
    return undefined;
  }

  it("from the first start", async ({ skip }) => {
    place = await makePlace("embedded");
    writeChains(place, chains);
    const why = smallDisk("4m");
    skip(why !== undefined, why);
    const { code } = await inTime(refusal(place, ["migrate"]));
    expect(code).toBe("embedded-failed");
    mount(data(), "remount,size=400m");
    await expectRecovery(place, tableChains(chains));
  });

  it("that fills up during a migration", async ({ skip }) => {
    place = await makePlace("embedded");
    const filling = {
      ...table(3, 1),
      up: "CREATE TABLE t3 (id int); INSERT INTO t3 SELECT generate_series(1, 3000000);",
    };
    writeChains(place, { ...chains, auth: [table(1, 0), filling] });
    const why = smallDisk("400m");
    skip(why !== undefined, why);
    expect((await place.run(["migrate", "--phase", "0"], { spawn: true })).exitCode).toBe(0);
    const used = execFileSync("du", ["-sm", data()]).toString().split("\t")[0];
    mount(data(), `remount,size=${Number(used) + 24}m`);
    const { code } = await inTime(refusal(place, ["migrate"], { spawn: true }));
    expect(["embedded-failed", "migration-failed", "connection-lost"]).toContain(code);
    mount(data(), "remount,size=400m");
    writeMigration(place, "auth", table(3, 1));
    await expectRecovery(place, tableChains(chains));
  });

  it("that is full when the next run starts", async ({ skip }) => {
    place = await makePlace("embedded");
    writeChains(place, chains);
    const why = smallDisk("400m");
    skip(why !== undefined, why);
    expect((await place.run(["migrate", "--phase", "0"], { spawn: true })).exitCode).toBe(0);
    execFileSync("sh", ["-c", `cat /dev/zero > ${data()}/full 2>/dev/null || true`]);
    const { code } = await inTime(refusal(place, ["migrate"], { spawn: true }));
    expect(["embedded-failed", "migration-failed"]).toContain(code);
    rmSync(path.join(data(), "full"));
    await expectRecovery(place, tableChains(chains));
  });
});
