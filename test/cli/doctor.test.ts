import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { makePlace, type Place, sampledEngines } from "../support/place.ts";
import { smallChains, writeProject } from "../support/project.ts";

const { PATH } = process.env;
let place: Place;
afterEach(async () => {
  process.env["PATH"] = PATH;
  await place.dispose();
});

interface Check {
  readonly database?: string;
  readonly name: string;
  readonly state: string;
  readonly message: string;
  readonly hint?: string;
}

async function doctor(
  env: Record<string, string> = {},
): Promise<{ exitCode: number | string; checks: Check[]; summary: unknown }> {
  const { exitCode, stdout } = await place.run(["doctor", "--format", "json"], { env });
  const { schemaVersion, checks, summary } = JSON.parse(stdout);
  expect(schemaVersion).toBe(1);
  expect(stdout).not.toContain("canary");
  return { exitCode, checks, summary };
}

const failed = (checks: readonly Check[]) => checks.filter(({ state }) => state === "failed");

describe.each(sampledEngines("server"))("doctor on the %s engine", (engine) => {
  it("finds nothing wrong in a sound project, and creates nothing", async () => {
    place = await makePlace(engine);
    writeProject(place.folder);
    const before = await doctor();
    expect(before).toMatchObject({ exitCode: 0, summary: { failed: 0 } });
    if (engine === "embedded") expect(existsSync(path.join(place.folder, ".socrates-db"))).toBe(false);
    await place.run(["migrate"]);
    const { exitCode, checks } = await doctor();
    expect(exitCode).toBe(0);
    expect(checks.filter(({ database }) => database === "auth").map(({ name }) => name)).toEqual([
      "connection",
      "version",
      "privileges",
      "ledger",
      "extensions",
    ]);
    expect(checks.find(({ database, name }) => database === "specs" && name === "ledger")?.message).toBe(
      "chain specs, 1 of 1 migrations applied",
    );
  });
});

describe("doctor finds", () => {
  it("a pg_dump that is too old for the embedded databases", async () => {
    place = await makePlace("embedded");
    writeProject(place.folder);
    const programs = path.join(place.folder, "programs");
    mkdirSync(programs);
    const install = (version: string) =>
      writeFileSync(path.join(programs, "pg_dump"), `#!/bin/sh\necho "pg_dump (PostgreSQL) ${version}"\n`, {
        mode: 0o755,
      });
    process.env["PATH"] = `${programs}:${PATH}`;
    install("17.6 (Debian 17.6-1)");
    const { exitCode, checks } = await doctor();
    expect(exitCode).toBe(0);
    expect(checks.find(({ name }) => name === "pg_dump")).toMatchObject({
      state: "warning",
      message: "pg_dump 17.6 refuses the embedded databases, which are PostgreSQL 18",
    });
    install("18.0");
    expect((await doctor()).checks.map(({ name }) => name)).not.toContain("pg_dump");
  });

  it("a server that does not answer, and still checks the other", async () => {
    place = await makePlace("server");
    writeProject(place.folder);
    const { exitCode, checks } = await doctor({
      DATABASE_URL_AUTH: "postgresql://u:canary@127.0.0.1:1/auth",
    });
    expect(exitCode).toBe(1);
    expect(failed(checks)).toEqual([
      {
        database: "auth",
        name: "connection",
        state: "failed",
        message: "cannot connect to 127.0.0.1:1/auth as u: connection refused",
        hint: "Start the server, or correct host and port: no server listens there.",
      },
    ]);
    expect(checks.filter(({ database }) => database === "specs")).toHaveLength(5);
  });
  it("a configuration that cannot be read", async () => {
    place = await makePlace("embedded");
    writeFileSync(path.join(place.folder, "socrates-db.config.json"), '{ "datadir": "x" }');
    const { exitCode, checks } = await doctor();
    expect(exitCode).toBe(1);
    expect(failed(checks)).toMatchObject([{ name: "configuration", hint: 'Did you mean "dataDir"?' }]);
  });
  it("a migration that cannot run", async () => {
    place = await makePlace("embedded");
    writeProject(place.folder, { ...smallChains, "specs/004_t.sql": "-- socrates-db: phase 1\nCOMMIT;" });
    const { exitCode, checks } = await doctor();
    expect(exitCode).toBe(1);
    expect(failed(checks)).toMatchObject([{ name: "migrations" }]);
  });
  it("two URLs of one database", async () => {
    place = await makePlace("server");
    writeProject(place.folder);
    const other = new URL(place.env["DATABASE_URL_AUTH"] ?? "");
    other.hostname = other.hostname === "localhost" ? "127.0.0.1" : "localhost";
    const { exitCode, checks } = await doctor({ DATABASE_URL_SPECS: other.toString() });
    expect(exitCode).toBe(1);
    expect(failed(checks)[0]?.message).toContain("auth and specs lead to the same database");
  });
  it("swapped databases, a missing extension and an edited file, each with a hint", async () => {
    place = await makePlace("server");
    writeProject(place.folder, {
      ...smallChains,
      "specs/004_x.sql": "-- socrates-db: phase 1\nCREATE EXTENSION no_such_extension;",
    });
    await place.run(["migrate", "--phase", "0"]);
    writeFileSync(
      path.join(place.folder, "migrations/auth/001_people.sql"),
      "-- socrates-db: phase 0\nSELECT 1;",
    );
    const { exitCode, checks } = await doctor();
    expect(exitCode).toBe(1);
    expect(failed(checks).map(({ database, name }) => `${database} ${name}`)).toEqual([
      "auth ledger",
      "specs extensions",
    ]);
    for (const check of failed(checks)) expect(check.hint).toMatch(/\w/);
    const swapped = await doctor({
      DATABASE_URL_AUTH: place.env["DATABASE_URL_SPECS"] ?? "",
      DATABASE_URL_SPECS: place.env["DATABASE_URL_AUTH"] ?? "",
    });
    expect(failed(swapped.checks).filter(({ name }) => name === "ledger")).toHaveLength(2);
  });
  it("as text: a line for each check, and a hint below", async () => {
    place = await makePlace("embedded");
    writeProject(place.folder, { ...smallChains, "specs/003_t.sql": "-- socrates-db: phase 1\nSELECT 1;" });
    // The pg_dump of this machine may be too old.
    process.env["PATH"] = place.folder;
    const { exitCode, stdout } = await place.run(["doctor", "--quiet"]);
    expect(exitCode).toBe(1);
    expect(
      stdout.replace(/socrates-db .* on Node .*/, "<program>").replaceAll(place.folder, "<folder>"),
    ).toMatchInlineSnapshot(`
      "✔ program           <program>
      ✔ configuration     socrates-db.config.json, embedded databases
      ✖ migrations        two migrations have the number 003: migrations/auth/003_teams.sql and migrations/specs/003_t.sql
                          Give the newer one the next free number; numbers are unique over all databases.
      ✔ auth connection   <folder>/.socrates-db/auth does not exist yet: the first migrate creates it
      ✔ specs connection  <folder>/.socrates-db/specs does not exist yet: the first migrate creates it
      "
    `);
  });
});
