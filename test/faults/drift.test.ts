import { existsSync } from "node:fs";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Cluster, makeCluster } from "../support/lanes/cluster.ts";
import { makePlace, type Place } from "../support/place.ts";

/** Debian's location. */
const programs = "/usr/lib/postgresql/15/bin";
const missing = existsSync(programs) ? undefined : "PostgreSQL 15 is not installed";

describe("drift on PostgreSQL 15, as seen by the embedded 18 (fault 38)", () => {
  let cluster: Cluster | undefined;
  let place: Place | undefined;
  let lastPhase = 6;
  beforeAll(async () => {
    if (missing !== undefined) return;
    cluster = await makeCluster(programs);
    await cluster.start();
    const sql = postgres(cluster.url, { max: 1 });
    const available = await sql`SELECT FROM pg_available_extensions WHERE name = 'vector'`;
    if (available.length === 0) lastPhase = 4;
    await sql.end();
  });
  afterEach(() => place?.dispose());
  afterAll(() => cluster?.remove());

  it("is empty if nothing has changed, at any phase", async ({ skip }) => {
    skip(missing !== undefined, missing);
    place = await makePlace("server", { server: cluster?.url ?? "" });
    for (let phase = 0; phase <= lastPhase; phase++) {
      expect((await place.run(["migrate", "--phase", String(phase)])).exitCode).toBe(0);
      const { exitCode, stdout } = await place.run(["diff", "--format", "json", "--strict"]);
      expect([exitCode, JSON.parse(stdout).findings], `phase ${phase}`).toEqual([0, []]);
    }
    await place.query("auth", "DROP INDEX idx_users_email");
    const { exitCode, stdout } = await place.run(["diff", "--format", "json"]);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout).findings).toMatchObject([
      { code: "missing", object: "public.users.idx_users_email" },
    ]);
  });
});
