import { afterEach, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";
import { errorOf, history, ledgers, openRival, start, table, tables, writeChains } from "./helpers.ts";
import { asPooler, type Gate, openThrough } from "./proxy.ts";

/**
 * The only effect of a pooler in transaction mode on the program is that it cannot hold a session lock. The proxy
 * only makes the startup look like one, so that the program does not use that lock; the server is the same.
 */
const proxies: Gate[] = [];
let place: Place;
afterEach(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  await place.dispose();
});

async function pooled(): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const key of ["auth", "specs"]) {
    const opened = await openThrough(place, key, asPooler);
    proxies.push(opened.proxy);
    Object.assign(env, opened.env);
  }
  return env;
}

const auth = [table(1, 0), table(3, 1), table(5, 2)];
const specs = [table(2, 0), table(4, 1), table(6, 2)];

it("lets many runners apply each migration once without a session lock (fault 16)", async () => {
  place = await makePlace("server");
  // The others arrive while the first is still in its first migration.
  const slow = { ...table(1, 0), up: "SELECT pg_sleep(0.5); CREATE TABLE t1 (id int);" };
  writeChains(place, { auth: [slow, ...auth.slice(1)], specs });
  const env = await pooled();
  const results = await Promise.all(Array.from({ length: 8 }, () => place.run(["migrate"], { env })));
  expect(results.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
  expect(await ledgers(place)).toEqual({ auth: [1, 3, 5], specs: [2, 4, 6] });
  expect(await history(place, "auth")).toEqual(["apply 1", "apply 3", "apply 5"]);
  expect(await history(place, "specs")).toEqual(["apply 2", "apply 4", "apply 6"]);
});

it("waits for another runner, not for its lock, if that one comes in between (fault 16)", async () => {
  place = await makePlace("server");
  writeChains(place, { auth, specs });
  expect(await place.run(["migrate", "--phase", "0"])).toMatchObject({ exitCode: 0 });
  const rival = openRival(place, "auth");
  // The ledger is free when it is checked, and locked when the transaction begins.
  let between: Promise<unknown> | undefined;
  const { proxy, env } = await openThrough(place, "auth", () => ({
    ...asPooler(),
    fromClient: (data, tap) => {
      const { server } = tap;
      if (asPooler().fromClient?.(data, tap) === false) return false;
      if (between !== undefined || !data.includes("BEGIN ISOLATION LEVEL READ COMMITTED")) return true;
      between = rival
        .run("BEGIN; LOCK TABLE socrates_db.migrations IN SHARE ROW EXCLUSIVE MODE")
        .finally(() => server.write(data));
      return false;
    },
  }));
  proxies.push(proxy);
  try {
    const run = start(place, ["migrate", "--lock-timeout", "50ms", "--retries", "0"], { env });
    await run.says("auth   waiting for pid");
    await between;
    await rival.run("COMMIT");
    expect(await run.result).toMatchObject({ exitCode: 0 });
  } finally {
    await rival.close();
  }
  expect(await ledgers(place)).toEqual({ auth: [1, 3, 5], specs: [2, 4, 6] });
});

it.each([
  ["a file that runs outside a transaction", ["migrate"]],
  ["an atomic run", ["migrate", "--atomic", "--to", "4"]],
])("refuses %s, with nothing changed (fault 16)", async (_, args) => {
  place = await makePlace("server");
  const index = { number: 7, phase: 2, up: "CREATE INDEX CONCURRENTLY ON t1 (id);", noTransaction: true };
  writeChains(place, { auth, specs: [...specs, index] });
  const result = await place.run([...args, "--format", "json"], { env: await pooled() });
  expect([result.exitCode, errorOf(result).code]).toEqual([3, "pooler-unsupported"]);
  for (const key of ["auth", "specs"]) {
    expect(await tables(place, key)).toEqual([]);
    expect(await place.query(key, "SELECT FROM pg_namespace WHERE nspname = 'socrates_db'")).toHaveLength(0);
  }
});
