import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";
import { root } from "./helpers.ts";

const listing = readFileSync(path.join(root, "test/fixtures/schema-listing.sql"), "utf8");

/** What a ledger says, without its times. */
const ledger = `SELECT json_build_object(
  'chain', (SELECT json_agg(name) FROM socrates_db.chain),
  'migrations', (SELECT json_agg(json_build_array(number, name, phase, checksum, applied_by, tool_version) ORDER BY number) FROM socrates_db.migrations),
  'history', (SELECT json_agg(json_build_array(id, action, number, name, checksum, done_by, tool_version) ORDER BY id) FROM socrates_db.history),
  'extensions', (SELECT json_agg(to_jsonb(e) - 'created_at') FROM socrates_db.extensions e),
  'peers', (SELECT json_agg(json_build_array(name, history_id)) FROM socrates_db.peers),
  'trigger', (SELECT json_agg(json_build_array(tgname, tgenabled)) FROM pg_trigger WHERE tgname = 'append_only'),
  'objects', (SELECT json_agg(json_build_array(c.oid::regclass::text, c.relkind, c.relacl) ORDER BY c.oid::regclass::text)
    FROM pg_class c WHERE c.relnamespace IN ('public'::regnamespace, 'socrates_db'::regnamespace)),
  'functions', (SELECT json_agg(oid::regprocedure::text ORDER BY oid::regprocedure::text) FROM pg_proc WHERE pronamespace = 'public'::regnamespace)
) AS said`;

const places: Place[] = [];
afterEach(() => Promise.all(places.splice(0).map((place) => place.dispose())));

async function newPlace(): Promise<Place> {
  const place = await makePlace("embedded");
  places.push(place);
  return place;
}

async function migrated(args: readonly string[]): Promise<Place> {
  const place = await newPlace();
  const { exitCode, stderr } = await place.run(["migrate", ...args]);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return place;
}

/** Whether a run has executed its migrations: PostgreSQL then warns about an index over no rows. */
async function executes(place: Place, args: readonly string[] = []): Promise<boolean> {
  const { exitCode, stderr } = await place.run(["migrate", ...args]);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return stderr.includes("ivfflat index created with little data");
}

it("a prepared head is what the migrations make, with a ledger that says when it was made", async () => {
  const begin = Date.now();
  const [prepared, executed] = [await migrated([]), await migrated(["--to", "14"])];
  for (const key of ["auth", "specs"]) {
    expect(await prepared.query(key, listing)).toEqual(await executed.query(key, listing));
    expect(await prepared.query(key, ledger)).toEqual(await executed.query(key, ledger));
    const times = await prepared.query<{ at: Date }>(
      key,
      `SELECT created_at AS at FROM socrates_db.chain UNION SELECT applied_at FROM socrates_db.migrations
       UNION SELECT at FROM socrates_db.history UNION SELECT seen_at FROM socrates_db.peers`,
    );
    for (const { at } of times) expect(new Date(at).getTime()).toBeGreaterThanOrEqual(begin - 1000);
  }
  expect((await prepared.run(["rollback", "--phase", "2"])).exitCode).toBe(0);
  expect((await prepared.run(["migrate"])).exitCode).toBe(0);
  expect((await prepared.run(["diff"])).stdout).toContain("no findings");
});

it("its ledger is known without starting it, and is the one that it has", async () => {
  const place = await migrated([]);
  const status = async () => (await place.run(["status", "--format", "json"])).stdout;
  const kept = await status();
  for (const key of ["auth", "specs"])
    rmSync(path.join(place.folder, ".socrates-db", key, "socrates-db.ledger.json"));
  expect(await status()).toBe(kept);
});

it("it is not used where one of the folders is taken, and none is created", async () => {
  const place = await newPlace();
  mkdirSync(path.join(place.folder, ".socrates-db/specs"), { recursive: true });
  writeFileSync(path.join(place.folder, ".socrates-db/specs/notes.txt"), "mine");
  const { exitCode, stderr } = await place.run(["migrate"]);
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("it is not empty"),
  });
  expect(readdirSync(path.join(place.folder, ".socrates-db"))).toEqual(["specs"]);
});

it("it has another time of creation each time, which identifies a database", async () => {
  const [one, other] = [await migrated([]), await migrated([])];
  const created = async (place: Place) => place.query("auth", "SELECT created_at FROM socrates_db.chain");
  expect(await created(one)).not.toEqual(await created(other));
});

it("it is not used for migrations that differ, for a limit, for a part, and in an atomic run", async () => {
  const place = await newPlace();
  cpSync(path.join(root, "migrations"), path.join(place.folder, "migrations"), { recursive: true });
  const file = path.join(place.folder, "migrations/specs/014_add_project_shares.sql");
  writeFileSync(file, `${readFileSync(file, "utf8")}\n-- one more line\n`);
  const databases = { auth: { migrations: "migrations/auth" }, specs: { migrations: "migrations/specs" } };
  writeFileSync(path.join(place.folder, "socrates-db.config.json"), JSON.stringify({ databases }));
  expect(await executes(place)).toBe(true);
  expect(await executes(await newPlace(), ["--phase", "5"])).toBe(true);
  expect(await executes(await newPlace(), ["--to", "14"])).toBe(true);
  expect(await executes(await newPlace(), ["--atomic"])).toBe(true);
  const partly = await migrated(["--database", "auth"]);
  expect(await executes(partly)).toBe(true);
  expect(await executes(await newPlace())).toBe(false);
});

it("a run that is killed leaves nothing or all of it", async () => {
  for (const moment of [40, 70, 100, 130, 160, 200]) {
    const place = await newPlace();
    const data = path.join(place.folder, ".socrates-db");
    const child = spawn(process.execPath, [path.join(root, "bin/socrates-db.js"), "migrate", "--embedded"], {
      cwd: place.folder,
      stdio: "ignore",
    });
    const ended = new Promise((resolve) => child.on("exit", resolve));
    await new Promise((resolve) => setTimeout(resolve, moment));
    child.kill("SIGKILL");
    await ended;
    for (const key of (existsSync(data) ? readdirSync(data) : []).filter((name) =>
      ["auth", "specs"].includes(name),
    )) {
      const [row] = await place.query<{ applied: number }>(
        key,
        "SELECT count(*)::int AS applied FROM socrates_db.migrations",
      );
      expect(row?.applied).toBe(key === "auth" ? 4 : 10);
    }
    expect((await place.run(["migrate"])).exitCode).toBe(0);
    expect((await place.run(["diff"])).stdout).toContain("no findings");
  }
});
