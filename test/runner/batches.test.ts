import { afterEach, describe, expect, it } from "vitest";
import { type ChainFiles, loadConfig, migrate, readChain } from "../../src/index.ts";
import { onMessages } from "../faults/support/wire.ts";
import { engines, makePlace, type Place } from "../support/place.ts";
import {
  errorOf,
  history,
  ledgers,
  openRival,
  type Rival,
  start,
  table,
  tables,
  type Written,
  writeChains,
  writeMigration,
} from "./helpers.ts";
import { type Gate, openThrough, type Tap } from "./proxy.ts";

let place: Place;
let proxy: Gate | undefined;
let rival: Rival | undefined;
afterEach(async () => {
  await proxy?.close();
  await rival?.close();
  proxy = undefined;
  rival = undefined;
  await place.dispose();
});

/** Longer than what is run one by one: what stands at its end goes in company. */
const length = 40;
const numbers = Array.from({ length }, (_, i) => i + 1);
/** A number that is sent in the middle of a message. */
const middle = 30;

async function makeChain(engine: Place["engine"], ...others: readonly Written[]): Promise<void> {
  place = await makePlace(engine);
  writeChains(place, { auth: numbers.map((number) => table(number, 0)), specs: [] });
  for (const other of others) writeMigration(place, "auth", other);
}

/** Checks that the first migrations of the chain are applied, each once and in order, and nothing of another one. */
async function expectApplied(count: number): Promise<void> {
  const applied = numbers.slice(0, count);
  expect((await ledgers(place))["auth"]).toEqual(applied);
  expect(await history(place, "auth")).toEqual(applied.map((number) => `apply ${number}`));
  expect(await tables(place, "auth")).toEqual(applied.map((number) => `t${number}`).sort());
}

/** Brings the chain to its end, which only shows its tables where the one in the middle is a table. */
async function expectRecovery(): Promise<void> {
  writeMigration(place, "auth", table(middle, 0));
  expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
  expect((await ledgers(place))["auth"]).toEqual(numbers);
  expect(await tables(place, "auth")).toEqual(numbers.map((number) => `t${number}`).sort());
}

function neverRead(key: string): ChainFiles {
  throw new Error(`no chain was read for ${key}`);
}

/** How many migrations an SQL text applies. */
function countOf(sql: string): number {
  return sql.split("INSERT INTO socrates_db.migrations").length - 1;
}

/** Leads the chain's database through a proxy that is told each message with several migrations, and when it is answered. */
async function onBatch(
  act: (sql: string, tap: Tap) => boolean,
  onAnswered: (tap: Tap) => boolean = () => true,
): Promise<Record<string, string>> {
  const opened = await openThrough(place, "auth", () => {
    let sent = false;
    return onMessages({
      onQuery: (sql, tap) => {
        sent = countOf(sql) > 1;
        return !sent || act(sql, tap);
      },
      onAnswered: (tap) => !sent || onAnswered(tap),
    });
  });
  proxy = opened.proxy;
  return opened.env;
}

/** The head of a message of the simple query protocol (manual, "Message Formats"). */
function header(sql: string): Buffer {
  const head = Buffer.from("Q0000");
  head.writeInt32BE(Buffer.byteLength(sql) + 5, 1);
  return head;
}

describe.each(engines)("a long chain of short migrations (%s)", (engine) => {
  it("is applied whole, each migration with its duration", async () => {
    await makeChain(engine);
    expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
    await expectApplied(length);
    const [row] = await place.query<{ least: number; together: number; whole: number }>(
      "auth",
      `SELECT min(duration_ms) AS least, sum(duration_ms)::int AS together,
       (extract(epoch FROM max(applied_at) - min(applied_at)) * 1000)::int AS whole FROM socrates_db.migrations`,
    );
    expect(row?.least).toBeGreaterThanOrEqual(0);
    // Each is rounded, and the first began before its row was written.
    expect(row?.together).toBeLessThanOrEqual((row?.whole ?? 0) + length + 1000);
  });

  it("stops at the one that fails, and keeps what was before it", async () => {
    const failing = {
      number: middle,
      phase: 0,
      up: "CREATE TABLE t30 (id int);\nALTER TABLE nowhere ADD x int;",
    };
    await makeChain(engine, failing);
    const run = await place.run(["migrate", "--format", "json"]);
    expect([run.exitCode, errorOf(run).code]).toEqual([3, "migration-failed"]);
    expect(errorOf(run).message).toContain('030_m30.sql:3:1: relation "nowhere" does not exist');
    await expectApplied(middle - 1);
    await expectRecovery();
  });

  it("refuses a name that would be cut, before it is committed", async () => {
    await makeChain(engine, { number: middle, phase: 0, up: `CREATE TABLE ${"t".repeat(64)} (id int);` });
    const run = await place.run(["migrate", "--format", "json"]);
    expect([run.exitCode, errorOf(run).code]).toEqual([3, "migration-failed"]);
    expect(errorOf(run).message).toContain("will be truncated");
    await expectApplied(middle - 1);
    await expectRecovery();
  });

  it("says so where a name that was put together on the server was cut", async () => {
    const body = `BEGIN EXECUTE 'CREATE TABLE ' || repeat('x', 64) || ' ()'; RETURN NULL; END`;
    const trigger = `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS '${body.replaceAll("'", "''")}';
CREATE TABLE source (); CREATE TRIGGER made AFTER INSERT ON source FOR EACH STATEMENT EXECUTE FUNCTION f();
INSERT INTO source DEFAULT VALUES;`;
    await makeChain(engine, { number: middle, phase: 0, up: trigger });
    const run = await place.run(["migrate", "--format", "json"]);
    expect(run.exitCode).toBe(3);
    expect(errorOf(run).message).toMatch(
      /^one of \d+_m\d+ to \d+_m\d+, which are applied: identifier "x+" will be truncated/,
    );
    expect((await ledgers(place))["auth"]).toContain(middle);
    expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
    expect((await ledgers(place))["auth"]).toEqual(numbers);
  });
});

describe("messages with several migrations", () => {
  it("are sent once the chain has shown to be long and its migrations short", async () => {
    await makeChain("server");
    const sizes: number[] = [];
    const env = await onBatch((sql) => {
      sizes.push(countOf(sql));
      return true;
    });
    expect(await place.run(["migrate"], { env })).toMatchObject({ exitCode: 0 });
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(length - 8);
    await expectApplied(length);
  });

  it("are told with the first and the last of them, before any is done", async () => {
    await makeChain("server");
    const { chains, selected } = await loadConfig({ urls: {} }, place.env, place.folder);
    const read = chains.map(({ key, migrations }) => readChain(key, migrations));
    const chainOf = (key: string) => read.find(({ database }) => database === key) ?? neverRead(key);
    const events: string[] = [];
    await migrate(
      {
        chains: read,
        databases: selected.map((database) => ({ ...database, chain: chainOf(database.key) })),
      },
      {
        limit: {},
        atomic: false,
        lockTimeout: 5000,
        lockWait: 5000,
        statementTimeout: 0,
        retries: 0,
        toolVersion: "0.0.0",
        signal: new AbortController().signal,
        report: (event) => {
          if (event.kind === "together") events.push(`${event.file.number}-${event.last.number}`);
          if (event.kind === "start" || event.kind === "done")
            events.push(`${event.kind} ${event.file.number}`);
        },
      },
    );
    const told = (number: number) => [`start ${number}`, `done ${number}`];
    const groups = events.filter((event) => /^\d/.test(event));
    expect(groups.length).toBeGreaterThan(1);
    for (const group of groups) {
      const [first = 0, last = 0] = group.split("-").map(Number);
      const [start, ...rest] = numbers.slice(first - 1, last).flatMap(told);
      const at = events.indexOf(group);
      expect(last).toBeGreaterThan(first);
      expect(events.slice(at - 1, at + rest.length + 1)).toEqual([start, group, ...rest]);
    }
    expect(events.filter((event) => !groups.includes(event))).toEqual(numbers.flatMap(told));
  });

  it("hold none that PostgreSQL runs outside a transaction, and none with code", async () => {
    const block: Written = { number: middle, phase: 0, up: "DO $$ BEGIN CREATE TABLE t30 (id int); END $$;" };
    const lone: Written = {
      number: 32,
      phase: 0,
      up: "CREATE INDEX CONCURRENTLY i ON t1 (id);",
      noTransaction: true,
    };
    await makeChain("server", block, lone);
    const sent: string[] = [];
    const env = await onBatch((sql) => {
      sent.push(sql);
      return true;
    });
    expect(await place.run(["migrate"], { env })).toMatchObject({ exitCode: 0 });
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.join()).not.toContain("030_m30");
    expect(sent.join()).not.toMatch(/CONCURRENTLY|DO \$\$/);
    expect((await ledgers(place))["auth"]).toEqual(numbers);
  });

  it("are broken off by an interrupt (fault 2)", async () => {
    await makeChain("server", {
      number: middle,
      phase: 0,
      up: "CREATE TABLE t30 AS SELECT 1 AS id FROM pg_sleep(600);",
    });
    rival = openRival(place, "auth");
    const { child, result } = start(place, ["migrate", "--format", "json"]);
    await rival.untilAsleep();
    child.kill("SIGINT");
    const ended = await result;
    expect([ended.exitCode, errorOf(ended).code]).toEqual([3, "interrupted"]);
    await rival.untilAlone();
    await expectApplied(middle - 1);
    await expectRecovery();
  });

  it.each(["before", "after"] as const)(
    "leave whole migrations where the tool is killed %s one is sent (fault 1)",
    async (moment) => {
      await makeChain("server");
      rival = openRival(place, "auth");
      let kill = () => {};
      const env = await onBatch((sql, tap) => {
        if (moment === "after") tap.server.write(Buffer.concat([header(sql), Buffer.from(`${sql}\0`)]));
        kill();
        return false;
      });
      const { child, result } = start(place, ["migrate"], { env });
      kill = () => child.kill("SIGKILL");
      expect((await result).exitCode).toBe("SIGKILL");
      await rival.untilAlone();
      await expectApplied((await ledgers(place))["auth"]?.length ?? 0);
      await expectRecovery();
    },
  );

  it("whose answer is lost are looked up in the ledger (fault 6)", async () => {
    await makeChain("server");
    const env = await onBatch(
      () => true,
      ({ client }) => {
        client.resetAndDestroy();
        return false;
      },
    );
    const run = await place.run(["migrate", "--format", "json"], { env });
    expect([run.exitCode, errorOf(run).code]).toEqual([2, "connection-lost"]);
    const [, last = ""] =
      /lost during 009_m9 .*; by the ledger, it was applied, and those behind it up to (\d+)_m/.exec(
        errorOf(run).message ?? "",
      ) ?? [];
    await expectApplied(Number(last));
    await expectRecovery();
  });

  it("are followed by the one whose lock was held, by itself, until it gets it (fault 12)", async () => {
    await makeChain("server", {
      number: middle,
      phase: 0,
      up: "CREATE TABLE t30 (id int); ALTER TABLE t1 ADD x int;",
    });
    expect(await place.run(["migrate", "--to", "1"])).toMatchObject({ exitCode: 0 });
    rival = openRival(place, "auth");
    await rival.run("BEGIN; SELECT FROM t1");
    const running = start(place, ["migrate", "--lock-timeout", "200ms", "--retries", "50"]);
    await running.says("try 1 of 50 follows");
    await rival.run("COMMIT");
    expect(await running.result).toMatchObject({ exitCode: 0 });
    await expectApplied(length);
  });
});
