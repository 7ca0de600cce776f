import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Session } from "../../src/database/session.ts";
import { open, type RunEvent } from "../../src/index.ts";
import { BuildClock, describeBuild } from "../../src/runner/build-progress.ts";
import { makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";

let place: Place;
let other: Session;

const writeMigration = (name: string, sql: string, directive = "") =>
  writeFileSync(path.join(place.folder, "m", name), `-- socrates-db: phase 0\n${directive}${sql};\n`);
const outside = "-- socrates-db: no-transaction\n";

beforeEach(async () => {
  place = await makePlace("server", {
    databases: [{ key: "app", name: "app", urlVariable: "DATABASE_URL_APP" }],
  });
  mkdirSync(path.join(place.folder, "m"));
  writeFileSync(
    path.join(place.folder, "socrates-db.config.json"),
    JSON.stringify({ databases: { app: { migrations: "m" } } }),
  );
  writeMigration("001_base.sql", "CREATE TABLE orders (id integer, code integer)");
  writeMigration("002_code.sql", "CREATE UNIQUE INDEX CONCURRENTLY orders_code ON orders (code)", outside);
  expect((await place.run(["migrate", "--to", "1", "--quiet"])).exitCode).toBe(0);
  other = await connectTo(place, "app");
});
afterEach(async () => {
  await other.close();
  await place.dispose();
});

const isValid = "SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = 'orders_code'::regclass";

/** Leaves an invalid index, as a build on duplicates does. */
async function leaveInvalid(): Promise<void> {
  await other.run("INSERT INTO orders VALUES (1, 7), (2, 7)");
  await expect(other.run("CREATE UNIQUE INDEX CONCURRENTLY orders_code ON orders (code)")).rejects.toThrow(
    "orders_code",
  );
  await other.run("DELETE FROM orders");
  expect(await other.run(isValid)).toEqual([{ valid: false }]);
}

describe("a build outside a transaction", () => {
  it("shows its step, and what it waits for", async () => {
    await other.run("BEGIN");
    await other.run("INSERT INTO orders VALUES (1, 1)");
    const builds: Extract<RunEvent, { kind: "build" }>["build"][] = [];
    const project = await open({ cwd: place.folder, env: place.env });
    try {
      const done = project.migrate({
        onEvent: (event) => {
          if (event.kind !== "build") return;
          builds.push(event.build);
          if (builds.length === 2) void other.run("COMMIT");
        },
      });
      expect((await done).databases["app"]?.head).toBe(2);
    } finally {
      await project.close();
    }
    expect(builds[0]).toMatchObject({
      phase: "waiting for writers before build",
      blocked: expect.stringMatching(/ is locked by pid \d+ \(/),
    });
    expect(await other.run(isValid)).toEqual([{ valid: true }]);
  });

  it("prints each step once without a terminal", async () => {
    await other.run("BEGIN");
    await other.run("INSERT INTO orders VALUES (1, 1)");
    const ended = place.run(["migrate"]);
    const waiting = "SELECT FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting%'";
    const watcher = await connectTo(place, "app");
    while ((await watcher.run(waiting)).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    await new Promise((resolve) => setTimeout(resolve, 3500));
    await other.run("COMMIT");
    await watcher.close();
    const { stderr, exitCode } = await ended;
    expect(exitCode).toBe(0);
    expect(stderr.match(/002_code: waiting for writers before build, .* is locked by pid \d+/g)).toHaveLength(
      1,
    );
  });
});

describe("an invalid index that no run of this program has left", () => {
  it("is named, and rebuilt on request", async () => {
    await leaveInvalid();
    const refused = await place.run(["migrate"]);
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain("the index orders_code exists, but is invalid");
    expect(refused.stderr).toContain("--rebuild-invalid");
    const rebuilt = await place.run(["migrate", "--rebuild-invalid"]);
    expect({ exitCode: rebuilt.exitCode, stderr: rebuilt.stderr }).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining("002_code: dropped the invalid index orders_code"),
    });
    expect(await other.run(isValid)).toEqual([{ valid: true }]);
  });

  it("stays while another session builds it", async () => {
    const [blocker, builder] = [await connectTo(place, "app"), await connectTo(place, "app")];
    try {
      await blocker.run("BEGIN");
      await blocker.run("INSERT INTO orders VALUES (1, 1)");
      const build = builder.run("CREATE UNIQUE INDEX CONCURRENTLY orders_code ON orders (code)");
      const invalid = "SELECT FROM pg_index WHERE NOT indisvalid AND indrelid = 'orders'::regclass";
      while ((await other.run(invalid)).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      const { exitCode, stderr } = await place.run(["migrate", "--rebuild-invalid"]);
      expect(exitCode).not.toBe(0);
      expect(stderr).toMatch(/the index orders_code is invalid, and pid \d+ .*builds an index of orders now/);
      await blocker.run("COMMIT");
      await build;
      expect(await other.run(isValid)).toEqual([{ valid: true }]);
    } finally {
      await blocker.close();
      await builder.close();
    }
  });
});

describe("the estimate of a build", () => {
  const row = {
    phase: "building index: scanning table",
    blocksDone: 0,
    blocksTotal: 1000,
    tuplesDone: 0,
    tuplesTotal: 0,
    lockersDone: 0,
    lockersTotal: 0,
  };

  it("is of the current step, once a part of it is done", () => {
    const clock = new BuildClock();
    expect(clock.progress(row, 0, undefined).remainingMs).toBeUndefined();
    expect(clock.progress({ ...row, blocksDone: 40 }, 4_000, undefined).remainingMs).toBeUndefined();
    const build = clock.progress({ ...row, blocksDone: 250 }, 10_000, undefined);
    expect(build).toMatchObject({ elapsedMs: 10_000, remainingMs: 30_000 });
    expect(describeBuild(build)).toBe("building index: scanning table, 25 %, about 30 s left in this step");
    const next = {
      ...row,
      phase: "building index: loading tuples in tree",
      tuplesDone: 50,
      tuplesTotal: 100,
    };
    expect(clock.progress(next, 11_000, undefined)).toEqual({
      phase: next.phase,
      part: { done: 50, total: 100, unit: "tuples" },
      elapsedMs: 0,
    });
  });

  it("is not told for a wait", () => {
    const build = new BuildClock().progress(
      { ...row, phase: "waiting for old snapshots", lockersDone: 1, lockersTotal: 3 },
      5_000,
      "the virtualxid lock is locked by pid 7 (psql, user ada)",
    );
    expect(build.remainingMs).toBeUndefined();
    expect(describeBuild(build)).toBe(
      "waiting for old snapshots, 1 of 3 sessions, the virtualxid lock is locked by pid 7 (psql, user ada)",
    );
  });
});
