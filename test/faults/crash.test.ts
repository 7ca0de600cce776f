import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openRival, start, table, tables, until, writeChains, writeMigration } from "../runner/helpers.ts";
import { openThrough } from "../runner/proxy.ts";
import { another } from "../support/application.ts";
import type { Cluster } from "../support/lanes/cluster.ts";
import { throwAwaySettings } from "../support/lanes/lane.ts";
import { makePlace, type Place } from "../support/place.ts";
import { withDatabase } from "../support/url.ts";
import {
  expectAgreement,
  expectFailure,
  expectRecovery,
  expectRefused,
  tableChains,
} from "./support/invariants.ts";
import { ownCluster } from "./support/machine.ts";
import { atMoment, moments } from "./support/wire.ts";

/** Commits survive a crash of the server, though not of the machine. */
const durable = { ...throwAwaySettings, synchronous_commit: "on" };

let cluster: Cluster;
let place: Place;
beforeAll(async () => {
  cluster = await ownCluster();
  await cluster.start(durable);
});
afterAll(() => cluster.remove());
afterEach(() => place.dispose());

const chains = { auth: [table(1, 0), table(3, 1), table(5, 2)], specs: [table(2, 0), table(4, 1)] };
const truth = tableChains(chains);

describe("an immediate shutdown of the server (fault 5)", () => {
  it.each(moments)("%s, and its restart", async (moment) => {
    place = await makePlace("server", { server: cluster.url });
    writeChains(place, chains);
    let stopped: Promise<void> | undefined;
    const { proxy, env } = await openThrough(
      place,
      "auth",
      atMoment(3, moment, () => {
        stopped = cluster.stop("immediate");
      }),
    );
    try {
      const result = await place.run(["migrate", "--format", "json"], { env });
      expect(expectFailure(result).code).toBe("connection-lost");
      await stopped;
    } finally {
      await proxy.close();
    }
    await cluster.start(durable);
    const applied = (await expectAgreement(place, truth))["auth"];
    expect([[1], [1, 3]]).toContainEqual(applied);
    if (moment !== "at COMMIT") expect(applied).toEqual([1]);
    await expectRecovery(place, truth);
  });

  it("in the middle of a statement", async () => {
    place = await makePlace("server", { server: cluster.url });
    writeChains(place, chains);
    writeMigration(place, "auth", { ...table(3, 1), up: "CREATE TABLE t3 (id int); SELECT pg_sleep(600);" });
    const rival = openRival(place, "auth");
    const { result } = start(place, ["migrate", "--format", "json"]);
    await rival.untilAsleep();
    await rival.close();
    await cluster.stop("immediate");
    expect(expectFailure(await result).code).toBe("connection-lost");
    await cluster.start(durable);
    writeMigration(place, "auth", table(3, 1));
    await expectAgreement(place, truth);
    await expectRecovery(place, truth);
  });

  it("while the ledger has no outcome yet, and a run while the server is down", async () => {
    place = await makePlace("server", { server: cluster.url });
    writeChains(place, chains);
    await cluster.stop("immediate");
    const result = await place.run(["migrate", "--format", "json"]);
    expect(expectFailure(result).code).toBe("connection-failed");
    await cluster.start(durable);
    await expectRecovery(place, truth);
  });
});

describe("a streaming standby as the target (fault 15)", () => {
  it("is refused, whichever database leads there, and nothing changes on the primary", async () => {
    place = await makePlace("server", { server: cluster.url });
    writeChains(place, chains);
    expect((await place.run(["migrate", "--phase", "0"])).exitCode).toBe(0);
    await cluster.stop("fast");
    const standby = await cluster.standby();
    await Promise.all([cluster.start(durable), standby.start()]);
    try {
      const onStandby = (key: string) => {
        const name = new URL(place.env[`DATABASE_URL_${key}`] ?? "").pathname.slice(1);
        return { [`DATABASE_URL_${key}`]: withDatabase(standby.url, name) };
      };
      for (const env of [
        onStandby("AUTH"),
        onStandby(another.key.toUpperCase()),
        { ...onStandby("AUTH"), ...onStandby("SPECS") },
      ]) {
        expect(await expectRefused(place, ["migrate"], { env })).toMatchObject({
          code: "read-only",
          text: expect.stringContaining("is a standby in recovery and cannot be changed"),
        });
        expect((await expectRefused(place, ["rollback", "--to", "0"], { env })).code).toBe("read-only");
      }
      // Commands that only read work there, and follow the primary.
      expect((await place.run(["migrate"])).exitCode).toBe(0);
      const env = { ...onStandby("AUTH"), ...onStandby("SPECS") };
      await until("the standby has what the primary has", async () => {
        const { exitCode } = await place.run(["status", "--check"], { env });
        return exitCode === 0;
      });
      expect(await tables(place, "auth")).toEqual(["t1", "t3", "t5"]);
    } finally {
      await standby.remove();
    }
  });
});
