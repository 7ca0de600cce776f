import { existsSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cells } from "../../src/diagram/cells.ts";
import { catalogOf } from "../support/catalog.ts";
import { engines, makePlace, type Place } from "../support/place.ts";
import { smallChains, writeProject } from "../support/project.ts";

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const esc = String.fromCharCode(27);

/** Runs a command whose stdout is JSON and nothing else. */
async function json(place: Place, ...args: string[]) {
  const { stdout, exitCode } = await place.run([...args, "--format", "json"]);
  return { exitCode, report: JSON.parse(stdout) };
}

/** The target of a database in a report. */
function targetOf({ engine, folder }: Place, key: string) {
  return engine === "server"
    ? {
        engine,
        host: expect.any(String),
        port: expect.any(Number),
        database: expect.stringContaining(`sdb_${key}`),
        user: "postgres",
      }
    : { engine, folder: path.join(folder, ".socrates-db", key) };
}

describe.each(engines)("reports, on the %s engine", (engine) => {
  let place: Place;
  beforeAll(async () => {
    place = await makePlace(engine);
    writeProject(place.folder);
  });
  afterAll(() => place.dispose());

  it("a dry run prints the SQL in the order in which it would run, and changes nothing", async () => {
    const { exitCode, stdout } = await place.run(["migrate", "--dry-run", "--quiet"]);
    expect(exitCode).toBe(0);
    const sql = ["auth/001_people.sql", "specs/002_papers.sql", "auth/003_teams.sql"].map((name) => {
      const [phase, database] = [name.startsWith("auth/003") ? 1 : 0, name.split("/")[0]];
      return `-- phase ${phase}, ${database}: apply migrations/${name}\n-- locks nothing that exists\n${smallChains[name]}`;
    });
    expect(stdout.slice(stdout.indexOf("\n\n") + 2)).toBe(sql.join("\n"));
    expect(stdout).toMatch(/^-- auth: .*auth.*\n-- specs: .*specs.*\n\n/);
    const { report } = await json(place, "migrate", "--dry-run", "--phase", "0");
    expect(report).toMatchObject({
      schemaVersion: 1,
      outcome: "dry-run",
      databases: {
        auth: {
          applied: [],
          planned: [{ number: 1, name: "people", phase: 0, rehearsed: { blocks: "nothing" } }],
        },
        specs: { applied: [] },
      },
    });
    if (engine === "embedded") expect(existsSync(path.join(place.folder, ".socrates-db"))).toBe(false);
    else expect(await catalogOf(place)).toEqual({ auth: [], specs: [] });
  });

  it("status of missing databases creates nothing", async () => {
    const { exitCode, report } = await json(place, "status");
    expect(exitCode).toBe(0);
    expect(report.databases.auth).toMatchObject({ head: null, phase: null });
    expect((await place.run(["status", "--check"])).exitCode).toBe(1);
    if (engine === "embedded") expect(existsSync(path.join(place.folder, ".socrates-db"))).toBe(false);
    else expect(await catalogOf(place)).toEqual({ auth: [], specs: [] });
  });

  it("migrate", async () => {
    const { exitCode, report } = await json(place, "migrate", "--phase", "0");
    expect(exitCode).toBe(0);
    expect(report).toEqual({
      schemaVersion: 1,
      outcome: "applied",
      databases: {
        auth: {
          applied: [{ number: 1, name: "people", phase: 0, durationMs: expect.any(Number) }],
          target: targetOf(place, "auth"),
          head: 1,
          phase: 0,
        },
        specs: {
          applied: [{ number: 2, name: "papers", phase: 0, durationMs: expect.any(Number) }],
          target: targetOf(place, "specs"),
          head: 2,
          phase: 0,
        },
      },
    });
  });
});

describe("reports of what was done", () => {
  let place: Place;
  beforeAll(async () => {
    place = await makePlace("server");
    writeProject(place.folder);
    await place.run(["migrate", "--phase", "0"]);
  });
  afterAll(() => place.dispose());

  /** The output of a command, without the server's address and the names of its databases. */
  const printed = async (args: readonly string[]) =>
    (await place.run(args)).stdout.replace(/(\(|: )\S*\/sdb_(auth|specs)_\w+/g, "$1<server>/<$2>");

  it("status with something pending", async () => {
    const { exitCode, report } = await json(place, "status");
    expect(exitCode).toBe(0);
    const applied = {
      state: "applied",
      appliedAt: expect.stringMatching(time),
      durationMs: expect.any(Number),
    };
    const rest = { appliedBy: expect.any(String) };
    expect(report).toEqual({
      schemaVersion: 1,
      databases: {
        auth: {
          target: targetOf(place, "auth"),
          head: 1,
          phase: 0,
          migrations: [
            { number: 1, name: "people", phase: 0, ...applied, ...rest },
            { number: 3, name: "teams", phase: 1, state: "pending" },
          ],
          problems: [],
        },
        specs: {
          target: targetOf(place, "specs"),
          head: 2,
          phase: 0,
          migrations: [{ number: 2, name: "papers", phase: 0, ...applied, ...rest }],
          problems: [],
        },
      },
    });
    expect((await json(place, "status", "--check")).exitCode).toBe(1);
    expect((await json(place, "status", "--check", "--database", "specs")).exitCode).toBe(0);
  });

  it("status with a name of wide characters", async () => {
    // The ledger has the name of an applied migration without a file.
    const row =
      "SELECT 2, '移行です', 0, checksum, applied_at, 1, applied_by, '' FROM socrates_db.migrations";
    await place.query("auth", `INSERT INTO socrates_db.migrations ${row}`);
    const { stdout } = await place.run(["status"], { spawn: true });
    await place.query("auth", "DELETE FROM socrates_db.migrations WHERE number = 2");
    const table = stdout.split("\n").filter((line) => /^[┌│├└]/.test(line));
    expect(table.join("\n")).toContain("移行です");
    expect(new Set(table.map(cells)).size).toBe(1);
  });

  it("status as a table, without colour where there is no terminal", async () => {
    const { stdout } = await place.run(["status"]);
    expect(stdout).not.toContain(esc);
    const steady = stdout
      .replace(/\d{4}-\d\d-\d\d \d\d:\d\dZ +\d+ ms */g, "<time> ")
      .replace(/\(.*\/sdb_(auth|specs)_\w+/g, "(<server>/<$1>")
      .replace(/─+/g, "─")
      .replace(/ {2,}/g, "  ");
    expect(steady).toMatchInlineSnapshot(`
      "┌─┬─┬─┐
      │ phase │ auth  │ specs  │
      ├─┼─┼─┤
      │ 0  │ ✔ 001 people  <time> │ ✔ 002 papers  <time> │
      ├─┼─┼─┤
      │ 1  │ · 003 teams  pending  │  │
      └─┴─┴─┘
      auth: phase 0, head 001, 1 pending (<server>/<auth> as postgres)
      specs: phase 0, no migrations in phase 1, head 002, nothing pending (<server>/<specs> as postgres)
      "
    `);
  });

  it("up to date, then rollback, as text", async () => {
    expect(await printed(["migrate", "--quiet"])).toMatchInlineSnapshot(`
      "auth   applied 1 migration; head 003, phase 1 (<server>/<auth> as postgres)
      specs  up to date; head 002, phase 0, no migrations in phase 1 (<server>/<specs> as postgres)
      "
    `);
    expect(await printed(["migrate"])).toMatchInlineSnapshot(`
      "auth   up to date; head 003, phase 1 (<server>/<auth> as postgres)
      specs  up to date; head 002, phase 0, no migrations in phase 1 (<server>/<specs> as postgres)
      "
    `);
    expect(await printed(["migrate", "--dry-run"])).toBe(
      "-- auth: <server>/<auth> as postgres\n-- specs: <server>/<specs> as postgres\n-- nothing to do\n",
    );
    expect((await place.run(["status", "--check"])).exitCode).toBe(0);
    expect(await printed(["rollback", "--phase", "0", "--dry-run"])).toMatchInlineSnapshot(`
      "-- auth: <server>/<auth> as postgres
      -- specs: <server>/<specs> as postgres

      -- phase 1, auth: roll back migrations/auth/003_teams.down.sql
      DROP TABLE teams;
      "
    `);
    expect((await json(place, "rollback", "--phase", "0")).report).toEqual({
      schemaVersion: 1,
      outcome: "rolled-back",
      databases: {
        auth: {
          rolledBack: [{ number: 3, name: "teams", phase: 1, durationMs: expect.any(Number) }],
          target: targetOf(place, "auth"),
          head: 1,
          phase: 0,
        },
        specs: { target: targetOf(place, "specs"), rolledBack: [], head: 2, phase: 0 },
      },
    });
    expect(await printed(["rollback", "--to", "0", "--quiet"])).toMatchInlineSnapshot(`
      "auth   rolled back 1 migration; no migrations (<server>/<auth> as postgres)
      specs  rolled back 1 migration; no migrations (<server>/<specs> as postgres)
      "
    `);
    expect((await json(place, "rollback", "--to", "0")).report.outcome).toBe("up-to-date");
  });

  it("--quiet only silences stderr", async () => {
    for (const args of [["migrate"], ["status"], ["doctor"], ["rollback", "--to", "0"]]) {
      const { exitCode, stdout, stderr } = await place.run([...args, "--quiet"]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      expect(stdout).not.toBe("");
    }
  });

  it("progress goes to standard error, a line for each migration", async () => {
    const { stdout, stderr } = await place.run(["migrate"], { env: { FORCE_COLOR: "1" } });
    expect(stderr.replace(/in [\d.]+ m?s$/gm, "in <time>").split("\n")).toEqual(
      expect.arrayContaining([
        "auth   applied 001_people in <time>",
        "specs  applied 002_papers in <time>",
        "auth   applied 003_teams in <time>",
      ]),
    );
    expect(`${stdout}${stderr}`).not.toContain(esc);
  });
});
