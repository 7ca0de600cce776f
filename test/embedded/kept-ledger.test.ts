import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";

let place: Place;
const data = (name: string) => path.join(place.folder, ".socrates-db/app", name);
const control = () =>
  createHash("sha256")
    .update(readFileSync(data("global/pg_control")))
    .digest("hex");
const write = (name: string, text: string) => writeFileSync(path.join(place.folder, name), text);

beforeEach(async () => {
  place = await makePlace("embedded", {
    databases: [{ key: "app", name: "app", urlVariable: "DATABASE_URL_APP" }],
  });
  mkdirSync(path.join(place.folder, "m"));
  write("socrates-db.config.json", JSON.stringify({ databases: { app: { migrations: "m" } } }));
  write("m/001_first.sql", "-- socrates-db: phase 0\nCREATE TABLE first (id integer);\n");
  write("m/002_second.sql", "-- socrates-db: phase 1\nCREATE TABLE second (id integer);\n");
  write("m/002_second.down.sql", "DROP TABLE second;\n");
  expect((await place.run(["migrate", "--quiet"])).exitCode).toBe(0);
});
afterEach(() => place.dispose());

async function migrate(): Promise<string> {
  const { stdout, stderr } = await place.run(["migrate"]);
  return `${stdout}${stderr}`;
}

describe("an embedded database that was shut down", () => {
  it("is not started where nothing is pending", async () => {
    const before = control();
    for (const args of [["migrate"], ["migrate", "--dry-run"], ["status"]]) {
      const { exitCode, stdout } = await place.run([...args, "--format", "json"]);
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout).databases.app).toMatchObject({
        target: { engine: "embedded", folder: data("") },
      });
    }
    expect(await migrate()).toContain("up to date; head 002, phase 1");
    expect(control()).toBe(before);
  });

  it("has what a later run has changed", async () => {
    expect((await place.run(["rollback", "--to", "1", "--allow-data-loss", "--quiet"])).exitCode).toBe(0);
    expect((await place.run(["status"])).stdout).toContain("1 pending");
    expect(await migrate()).toContain("applied 1 migration");
  });

  it("has what something else has changed", async () => {
    await place.query("app", "DELETE FROM socrates_db.migrations WHERE number = 2; DROP TABLE second");
    expect((await place.run(["status"])).stdout).toContain("1 pending");
    expect(await migrate()).toContain("applied 1 migration");
  });

  it("reports a file that was edited, and applies a new one", async () => {
    write("m/002_second.sql", "-- socrates-db: phase 1\nCREATE TABLE second (id bigint);\n");
    expect(await migrate()).toContain("002_second was edited after it was applied");
    write("m/002_second.sql", "-- socrates-db: phase 1\nCREATE TABLE second (id integer);\n");
    write("m/003_third.sql", "-- socrates-db: phase 2\nCREATE TABLE third (id integer);\n");
    expect(await migrate()).toContain("applied 1 migration");
  });

  it("is not answered for while its folder is in use, or of another PostgreSQL", async () => {
    writeFileSync(data("PG_VERSION"), "19\n");
    expect(await migrate()).toContain("is of PostgreSQL 19");
    writeFileSync(data("PG_VERSION"), "18\n");
    const before = control();
    // What a process that was killed has left.
    write(
      ".socrates-db/app.lock",
      JSON.stringify({ host: "here", pid: 2 ** 22 + 1, started: "1", token: "a", command: "x" }),
    );
    await migrate();
    expect(control()).not.toBe(before);
  });

  it.each<[what: string, edit: (text: string) => string]>([
    ["of another version", (text) => text.replace(/"toolVersion":"[^"]*"/, '"toolVersion":"0.0.0"')],
    ["cut off", (text) => text.slice(0, 200)],
    ["without rows", (text) => text.replace('"rows":', '"lines":')],
    ["of another state", (text) => text.replace(/"control":"[^"]*"/, '"control":"0"')],
    ["of another database", (text) => text.replace('"name":"app"', '"name":"other"')],
    ["of another chain", (text) => text.replace('"chain":"app"', '"chain":"other"')],
  ])("is started where the ledger that was kept is %s", async (_, edit) => {
    const file = data("socrates-db.ledger.json");
    const kept = readFileSync(file, "utf8");
    writeFileSync(file, edit(kept));
    expect(readFileSync(file, "utf8")).not.toBe(kept);
    const before = control();
    expect(await migrate()).toContain("up to date; head 002, phase 1");
    expect(control()).not.toBe(before);
    expect(JSON.parse(readFileSync(file, "utf8")).ledger).toEqual(JSON.parse(kept).ledger);
  });
});
