import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeChains } from "../runner/helpers.ts";
import { makePlace, type Place } from "../support/place.ts";
import { type ServedByProgram, startServing } from "./helpers.ts";

let place: Place;
let server: ServedByProgram;

beforeAll(async () => {
  place = await makePlace("embedded");
  writeChains(place, {
    auth: [
      {
        number: 1,
        phase: 0,
        up: "CREATE TABLE people (id int PRIMARY KEY, name text);",
        down: "DROP TABLE people;",
      },
    ],
    specs: [{ number: 2, phase: 0, up: "CREATE TABLE papers (id int);", down: "DROP TABLE papers;" }],
  });
  server = await startServing(place.folder);
}, 60_000);
afterAll(async () => {
  server.child.kill("SIGKILL");
  await place.dispose();
});

it("serves migrated databases with a password", async () => {
  const { urls } = server;
  expect({ errors: server.errors(), keys: Object.keys(urls) }).toMatchObject({ keys: ["auth", "specs"] });
  const sql = postgres(urls["auth"] ?? "", { max: 3 });
  await Promise.all([1, 2, 3, 4, 5].map((id) => sql`INSERT INTO people VALUES (${id}, ${`n${id}`})`));
  const copy = await sql`COPY people FROM STDIN`.writable();
  copy.end("6\tsix\n7\tseven\n");
  await once(copy, "finish");
  expect(await sql`SELECT count(*)::int FROM people`).toEqual([{ count: 7 }]);
  await sql.end();
  const wrong = postgres((urls["auth"] ?? "").replace(/:[^:@]+@/, ":wrong@"), { max: 1 });
  await expect(wrong`SELECT 1`).rejects.toMatchObject({ code: "28P01" });
  expect(statSync(path.join(place.folder, ".socrates-db/serve.json")).mode & 0o777).toBe(0o600);
});

it("lets the other commands work through it", async () => {
  const env = await place.run(["env"]);
  expect(env.stdout).toBe(
    Object.entries(server.urls)
      .map(([key, url]) => `export DATABASE_URL_${key.toUpperCase()}=${url}\n`)
      .join(""),
  );
  writeChains(place, {
    auth: [],
    specs: [{ number: 3, phase: 0, up: "CREATE TABLE later (id int);", down: "DROP TABLE later;" }],
  });
  expect((await place.run(["status", "--format", "json"])).stdout).toContain('"state": "pending"');
  const migrated = await place.run(["migrate"]);
  expect(migrated).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("applied 003_m3") });
  const rolledBack = await place.run(["rollback", "--steps", "1"]);
  expect({ ...rolledBack }).toMatchObject({ exitCode: 0 });
});

it("refuses to serve the same databases a second time, which leaves the first one as it is", async () => {
  const second = await place.run(["serve", "--format", "json"]);
  expect([JSON.parse(second.stdout).error.code, second.exitCode]).toEqual(["embedded-locked", 2]);
  expect((await place.run(["env"])).exitCode).toBe(0);
});

it("ends with exit code 0 when it is told to, and nothing is lost", async () => {
  const ended = once(server.child, "exit");
  server.child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  expect(existsSync(path.join(place.folder, ".socrates-db/serve.json"))).toBe(false);
  expect(await place.query("auth", "SELECT FROM people")).toHaveLength(7);
  const env = await place.run(["env", "--format", "json"]);
  expect([JSON.parse(env.stdout).error.code, env.exitCode]).toEqual(["not-served", 2]);
});
