import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openRival, type Rival, until } from "../runner/helpers.ts";
import { makePlace, type Place } from "../support/place.ts";

let place: Place;
let blocker: Rival;
let builder: Rival;
beforeAll(async () => {
  place = await makePlace("server", { migrated: true });
  blocker = openRival(place, "auth", "blocker");
  builder = openRival(place, "auth", "builder");
});
afterEach(() => blocker.run("ROLLBACK"));
afterAll(async () => {
  await Promise.all([blocker.close(), builder.close()]);
  await place.dispose();
});

async function verify() {
  const { exitCode, stdout } = await place.run(["verify", "indexes", "--format", "json", "--quiet"]);
  const { findings }: { findings: { severity: string; code: string; object: string; message: string }[] } =
    JSON.parse(stdout);
  const errors = findings.filter(({ severity }) => severity === "error");
  return { exitCode, errors };
}

/** Whether a build waits in a phase, by its name in PostgreSQL (manual, "CREATE INDEX Progress Reporting"). */
async function waitsIn(phase: string): Promise<boolean> {
  const rows = await place.query(
    "auth",
    `SELECT FROM pg_stat_progress_create_index WHERE datname = current_database() AND phase = '${phase}'`,
  );
  return rows.length > 0;
}

/** Starts a build without waiting for its end. */
async function build(index: string): Promise<void> {
  await builder.run(`CREATE INDEX CONCURRENTLY ${index}`);
}

const writes = "BEGIN; LOCK TABLE users IN ROW EXCLUSIVE MODE";
const reads = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM users";
const beforeBuild = "waiting for writers before build";

describe("an index that is being built is not broken", () => {
  it.each<[what: string, block: string, phase: string, index: string, definition: string]>([
    ["that waits for writers", writes, beforeBuild, "idx_users_email", "(email)"],
    ["that waits for readers", reads, "waiting for old snapshots", "idx_users_created_at", "(created_at)"],
    ["of some rows", writes, beforeBuild, "idx_users_is_active", "(is_active) WHERE is_active = true"],
  ])("%s", async (_, block, phase, index, definition) => {
    await place.query("auth", `DROP INDEX ${index}`);
    await blocker.run(block);
    const built = build(`${index} ON users ${definition}`);
    await until(`the build is ${phase}`, () => waitsIn(phase));
    expect(await verify()).toMatchObject({
      exitCode: 1,
      errors: [
        {
          code: "not-ready",
          object: `public.users.${index}`,
          message: expect.stringContaining("is being built"),
        },
      ],
    });
    await blocker.run("ROLLBACK");
    await built;
    expect(await verify()).toEqual({ exitCode: 0, errors: [] });
  });

  it("one whose build was canceled is", async () => {
    await place.query("auth", "DROP INDEX idx_users_email");
    await blocker.run(writes);
    const [row] = await builder.run("SELECT pg_backend_pid() AS pid");
    const canceled = expect(build("idx_users_email ON users (email)")).rejects.toThrow();
    await until("the build waits", () => waitsIn(beforeBuild));
    await place.query("auth", `SELECT pg_cancel_backend(${row?.["pid"]})`);
    await canceled;
    expect(await verify()).toMatchObject({
      exitCode: 1,
      errors: [{ code: "invalid", object: "public.users.idx_users_email" }],
    });
  });
});
