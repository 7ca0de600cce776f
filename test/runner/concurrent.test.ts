import { afterEach, describe, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";
import {
  closeGate,
  errorOf,
  history,
  keys,
  ledgers,
  migrateAll,
  openRival,
  type Rival,
  type Running,
  reachable,
  start,
  table,
  waitAtGate,
  writeChains,
} from "./helpers.ts";

let place: Place;
afterEach(() => place.dispose());

async function expectEachOnce(): Promise<void> {
  expect(await ledgers(place)).toEqual(reachable(place.engine));
  for (const key of keys)
    expect(await history(place, key)).toEqual(
      reachable(place.engine)[key]?.map((number) => `apply ${number}`),
    );
}

it("lets twenty runners that start at once on empty server databases apply each migration once (fault 9)", async () => {
  place = await makePlace("server");
  const results = await Promise.all(Array.from({ length: 20 }, () => place.run(migrateAll("server"))));
  expect(results.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
  await expectEachOnce();
});

it("admits one runner to an embedded directory and refuses the others (fault 33)", async () => {
  place = await makePlace("embedded");
  const command = [...migrateAll("embedded"), "--format", "json"];
  const results = await Promise.all(Array.from({ length: 3 }, () => place.run(command)));
  const failed = results.filter(({ exitCode }) => exitCode !== 0);
  expect(failed.map((result) => [result.exitCode, errorOf(result).code])).toEqual(
    failed.map(() => [2, "embedded-locked"]),
  );
  expect(failed.length).toBeLessThan(results.length);
  expect((await place.run(migrateAll("embedded"))).exitCode).toBe(0);
  await expectEachOnce();
});

describe("a runner that is stopped in the middle of a migration (fault 3)", () => {
  let rival: Rival;
  afterEach(() => rival.close());

  async function stopped(): Promise<Running> {
    place = await makePlace("server");
    const slow = { ...table(3, 1), up: `CREATE TABLE t3 (id int); ${waitAtGate}` };
    writeChains(place, { auth: [table(1, 0), slow], specs: [table(2, 0)] });
    rival = openRival(place, "auth");
    await closeGate(rival);
    const running = start(place, ["migrate"]);
    await rival.untilAtGate();
    running.child.kill("SIGSTOP");
    await rival.run("COMMIT");
    return running;
  }

  async function expectOnce(): Promise<void> {
    expect(await history(place, "auth")).toEqual(["apply 1", "apply 3"]);
    expect(await history(place, "specs")).toEqual(["apply 2"]);
  }

  it("is waited for", async () => {
    const first = await stopped();
    const second = start(place, ["migrate"]);
    await second.says("waiting for pid");
    first.child.kill("SIGCONT");
    expect([await first.result, await second.result]).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }]);
    await expectOnce();
  });

  it("does no harm when it continues after its session was ended and another has done the work", async () => {
    const first = await stopped();
    await rival.terminate("idle in transaction");
    // Its lock on the other database ends with its session there.
    const other = openRival(place, "specs");
    await other.terminate("idle");
    await other.close();
    expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
    first.child.kill("SIGCONT");
    expect((await first.result).exitCode).toBe(2);
    await expectOnce();
  });
});
