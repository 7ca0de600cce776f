import { rmSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { open } from "../../src/index.ts";
import { table, writeChains } from "../runner/helpers.ts";
import { makePlace, type Place, sampledEngines } from "../support/place.ts";

let place: Place;
afterEach(() => place.dispose());

describe.each(sampledEngines("server"))("status --wait (%s)", (engine) => {
  beforeEach(async () => {
    place = await makePlace(engine);
    writeChains(place, { auth: [table(1, 0), table(3, 1)], specs: [table(2, 0)] });
  });
  const wait = async (...args: readonly string[]) => {
    const { stdout, stderr, exitCode } = await place.run(["status", "--wait", ...args]);
    return { stdout, stderr, exitCode };
  };

  it("says what is missing when the time is over", async () => {
    await place.run(["migrate", "--phase", "0"]);
    const { stdout, stderr, exitCode } = await wait("--timeout", "300ms", "--format", "json");
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      ready: false,
      missing: [{ database: "auth", number: 3, state: "pending" }],
      ahead: [],
      databases: { auth: { head: 1 }, specs: { head: 2 } },
    });
    expect(stderr.match(/waiting: auth: 1 pending/g)).toHaveLength(1);
    expect(stderr).toContain("not ready: auth: 1 pending");
    expect(exitCode).toBe(1);
    expect((await wait("--phase", "0", "--timeout", "0")).exitCode).toBe(0);
  });

  it("ends when another process has migrated", async () => {
    const waiting = wait("--timeout", "60s");
    expect((await place.run(["migrate", "--lock-wait", "30s"])).exitCode).toBe(0);
    expect((await waiting).exitCode).toBe(0);
  });

  it("tells a database that is ahead from one that is behind", async () => {
    await place.run(["migrate"]);
    for (const end of [".sql", ".down.sql"]) rmSync(path.join(place.folder, `auth/003_m3${end}`));
    await place.query("auth", "UPDATE socrates_db.migrations SET number = 9 WHERE number = 3");
    const { stderr, exitCode } = await wait("--timeout", "0");
    expect([stderr, exitCode]).toEqual([
      expect.stringContaining("auth is ahead: a newer version has migrated it"),
      0,
    ]);
    await place.query("auth", "UPDATE socrates_db.migrations SET checksum = 'x' WHERE number = 1");
    expect((await wait("--timeout", "0")).stderr).toContain("not ready: auth: 1 edited");
  });

  it("is project.ready in the library", async () => {
    await place.run(["migrate", "--phase", "0"]);
    const project = await open({ cwd: place.folder, env: place.env });
    expect(await project.ready({ phase: 0, timeout: 0 })).toMatchObject({ ready: true, missing: [] });
    const reasons: string[] = [];
    const late = await project.ready({ timeout: "200ms", onWait: (reason) => reasons.push(reason) });
    expect([late.ready, reasons]).toEqual([false, ["auth: 1 pending"]]);
    await project.close();
  });

  it.each([
    [["--phase", "9"], "usage"],
    [["--check"], "usage"],
    [["--timeout", "soon"], "usage"],
  ])("refuses %j", async (args, code) => {
    const { stdout, exitCode } = await wait(...args, "--format", "json");
    expect([JSON.parse(stdout).error.code, exitCode]).toEqual([code, 2]);
  });
});

it("waits for a server that does not run, and then reports why it cannot be reached", async () => {
  place = await makePlace("embedded");
  writeChains(place, { auth: [table(1, 0)], specs: [table(2, 0)] });
  const url = (name: string) => `postgres://u@127.0.0.1:1/${name}`;
  const env = { DATABASE_URL_AUTH: url("a"), DATABASE_URL_SPECS: url("b") };
  const { stderr, exitCode } = await place.run(["status", "--wait", "--timeout", "200ms"], { env });
  expect(stderr).toContain("waiting: ");
  expect(exitCode).toBe(2);
  const early = await place.run(["status", "--phase", "0"]);
  expect([early.stderr, early.exitCode]).toEqual([
    expect.stringContaining("--phase and --timeout need --wait"),
    2,
  ]);
});
