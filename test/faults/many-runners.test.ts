import { afterEach, describe, expect, it } from "vitest";
import {
  closeGate,
  history,
  ledgers,
  migrateAll,
  openRival,
  type Rival,
  start,
  table,
  type Written,
  waitAtGate,
  writeChains,
} from "../runner/helpers.ts";
import { startProxy } from "../runner/proxy.ts";
import { ofApplication } from "../support/application.ts";
import type { CliOptions } from "../support/cli.ts";
import { makePlace, type Place } from "../support/place.ts";
import { expectAgreement, expectRefused, ownChains, type Truth, tableChains } from "./support/invariants.ts";
import { noPgBouncer, type PgBouncer, startPgBouncer } from "./support/pgbouncer.ts";

let place: Place;
let rival: Rival | undefined;
let bouncer: PgBouncer | undefined;
afterEach(async () => {
  await rival?.close();
  await bouncer?.close();
  rival = undefined;
  bouncer = undefined;
  await place.dispose();
});

function startMany(count: number, args: readonly string[] = ["migrate"], options: CliOptions = {}) {
  return Array.from({ length: count }, () => start(place, args, options));
}

async function expectAllDone(runs: readonly ReturnType<typeof start>[], truth: Truth): Promise<void> {
  const results = await Promise.all(runs.map(({ result }) => result));
  expect(results.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
  expect(await expectAgreement(place, truth)).toEqual(truth.whole);
}

const slow: Written = { ...table(3, 1), up: `CREATE TABLE t3 (id int); ${waitAtGate}` };
const chains = {
  auth: [table(1, 0), slow, table(5, 2)],
  specs: [table(2, 0), table(4, 1)],
};

describe.each([8, 20])("%i runners at once on fresh databases (fault 9)", (count) => {
  it("apply each migration once, and all succeed", async () => {
    place = await makePlace("server");
    await expectAllDone(startMany(count, migrateAll("server")), ownChains("server"));
  });
});

describe("twenty runners, one of them stopped in the middle of a migration (fault 3)", () => {
  it("wait for it by name, and continue when it ends", async () => {
    place = await makePlace("server");
    writeChains(place, chains);
    rival = openRival(place, "auth");
    await closeGate(rival);
    const first = start(place, ["migrate"]);
    await rival.untilAtGate();
    first.child.kill("SIGSTOP");
    await rival.run("COMMIT");
    const others = startMany(19);
    await Promise.all(others.map(({ says }) => says("waiting for pid")));
    for (const { result } of others.slice(0, 1))
      expect(await Promise.race([result, "waiting"])).toBe("waiting");
    first.child.kill("SIGCONT");
    await expectAllDone([first, ...others], tableChains(chains));
  });
});

describe("twenty runners while an index is built CONCURRENTLY (fault 11)", () => {
  it("neither block the build nor each other", async () => {
    const index = {
      number: 3,
      phase: 1,
      up: "CREATE INDEX CONCURRENTLY t1_id ON t1 (id);",
      noTransaction: true,
    };
    const withIndex = { auth: [table(1, 0), index, table(5, 2)], specs: [table(2, 0), table(4, 1)] };
    place = await makePlace("server");
    writeChains(place, withIndex);
    expect((await place.run(["migrate", "--phase", "0"])).exitCode).toBe(0);
    rival = openRival(place, "auth");
    // The build waits for the end of transactions that have written to the table.
    await rival.run("BEGIN; INSERT INTO t1 VALUES (1)");
    const first = start(place, ["migrate"]);
    await rival.untilBlocked();
    const others = startMany(19);
    await Promise.all(others.map(({ says }) => says("(socrates-db migrate, user ")));
    await rival.run("COMMIT");
    await expectAllDone([first, ...others], tableChains(withIndex));
    expect(await history(place, "auth")).toEqual(["apply 1", "start 3", "apply 3", "apply 5"]);
  });
});

describe("twenty runners behind PgBouncer in transaction mode (fault 16)", () => {
  it("apply each migration once, with one of them stopped in between", async ({ skip }) => {
    skip(noPgBouncer !== undefined, noPgBouncer);
    place = await makePlace("server");
    writeChains(place, chains);
    bouncer = await startPgBouncer(place.env);
    const { env } = bouncer;
    rival = openRival(place, "auth");
    await closeGate(rival);
    const first = start(place, ["migrate"], { env });
    await rival.untilAtGate();
    first.child.kill("SIGSTOP");
    await rival.run("COMMIT");
    // Shorter than the stop: what is waited for is the runner, not a lock in its transaction.
    const others = startMany(19, ["migrate", "--lock-timeout", "100ms", "--retries", "0"], { env });
    await Promise.all(others.map(({ says }) => says("(socrates-db migrate, user ")));
    first.child.kill("SIGCONT");
    await expectAllDone([first, ...others], tableChains(chains));
  });

  it("are told who changes it, when that takes too long (fault 10)", async ({ skip }) => {
    skip(noPgBouncer !== undefined, noPgBouncer);
    place = await makePlace("server");
    writeChains(place, chains);
    expect((await place.run(["migrate", "--phase", "0"])).exitCode).toBe(0);
    bouncer = await startPgBouncer(place.env);
    rival = openRival(place, "auth", "nightly deployment");
    await rival.run("BEGIN; LOCK TABLE socrates_db.migrations IN SHARE ROW EXCLUSIVE MODE");
    const { code, text } = await expectRefused(
      place,
      ["migrate", "--database", "auth", "--lock-wait", "300ms"],
      {
        env: bouncer.env,
      },
    );
    expect(code).toBe("lock-held");
    expect(text).toMatch(/is being changed by pid \d+ \(nightly deployment, user /);
  });

  it("with the project's own migrations, and back again", async ({ skip }) => {
    skip(noPgBouncer !== undefined, noPgBouncer);
    place = await makePlace("server");
    bouncer = await startPgBouncer(place.env);
    const { env } = bouncer;
    await expectAllDone(startMany(8, migrateAll("server"), { env }), ownChains("server"));
    expect(await place.run(["rollback", "--to", "0"], { env })).toMatchObject({ exitCode: 0 });
    expect(await expectAgreement(place, ownChains("server"))).toEqual({ auth: [], specs: [] });
  });

  it("are refused what needs a session lock, with a hint", async ({ skip }) => {
    skip(noPgBouncer !== undefined, noPgBouncer);
    place = await makePlace("server");
    writeChains(place, chains);
    bouncer = await startPgBouncer(place.env);
    const { code, text } = await expectRefused(place, ["migrate", "--atomic"], { env: bouncer.env });
    expect(code).toBe("pooler-unsupported");
    expect(text).toContain("hint: Use the direct URL of the server");
  });
});

describe("behind PgBouncer in session mode (fault 16)", () => {
  const runs = { "several runners": ["migrate"], "atomic runs": ["migrate", "--atomic"] };
  for (const [what, args] of Object.entries(runs))
    it(`backends stay with their sessions: ${what}`, async ({ skip }) => {
      skip(noPgBouncer !== undefined, noPgBouncer);
      place = await makePlace("server");
      writeChains(place, chains);
      bouncer = await startPgBouncer(place.env, "session");
      await expectAllDone(startMany(4, args, { env: bouncer.env }), tableChains(chains));
    });
  it("on a slow connection", async ({ skip }) => {
    skip(noPgBouncer !== undefined, noPgBouncer);
    place = await makePlace("server");
    writeChains(place, chains);
    bouncer = await startPgBouncer(place.env, "session");
    const direct = bouncer.env["DATABASE_URL_AUTH"] ?? "";
    const slowly = await startProxy(direct, () => ({
      fromServer: (data, { client }) => {
        setTimeout(() => client.write(data), 80);
        return undefined;
      },
    }));
    const env = { ...bouncer.env, DATABASE_URL_AUTH: slowly.url(direct) };
    try {
      const result = await place.run(["migrate", "--atomic", "--database", "auth"], { env });
      expect(result).toMatchObject({ exitCode: 0 });
    } finally {
      await slowly.close();
    }
  });
  it("a statement outside a transaction runs", async ({ skip }) => {
    skip(noPgBouncer !== undefined, noPgBouncer);
    place = await makePlace("server");
    const index = { number: 4, phase: 1, noTransaction: true, up: "CREATE INDEX CONCURRENTLY i ON t2 (id);" };
    writeChains(place, { auth: [table(1, 0)], specs: [table(2, 0), index] });
    bouncer = await startPgBouncer(place.env, "session");
    expect(await place.run(["migrate"], { env: bouncer.env })).toMatchObject({ exitCode: 0 });
    expect(await ledgers(place)).toEqual(ofApplication({ auth: [1], specs: [2, 4] }, [901, 902]));
    expect((await place.run(["doctor"], { env: bouncer.env })).stdout).not.toContain("pooler");
  });
});
