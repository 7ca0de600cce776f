import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";
import { writeProject } from "../support/project.ts";
import { refusal } from "../support/refusal.ts";

// Both engines read the same; one test of each kind shows that the embedded one gives the same results.
describe("verify ledger on the embedded engine", () => {
  it("names a restored database, and has nothing to say before", async () => {
    const place = await makePlace("embedded");
    writeProject(place.folder);
    await place.run(["migrate", "--quiet"]);
    const verify = async () => (await place.run(["verify", "ledger", "--quiet"])).stdout;
    expect(await verify()).toContain("no findings");
    await place.query(
      "auth",
      "ALTER TABLE socrates_db.history DISABLE TRIGGER append_only; DELETE FROM socrates_db.history WHERE number = 3; DELETE FROM socrates_db.migrations WHERE number = 3",
    );
    expect(await verify()).toContain("socrates_auth was restored to an earlier time");
    await place.dispose();
  });
});

describe("verify ledger", () => {
  let place: Place;
  beforeEach(async () => {
    place = await makePlace("server");
    writeProject(place.folder);
    await place.run(["migrate", "--quiet"]);
  });
  afterEach(() => place.dispose());

  async function verify() {
    const { exitCode, stdout } = await place.run(["verify", "ledger", "--format", "json", "--quiet"]);
    const { findings } = JSON.parse(stdout);
    return { exitCode, findings };
  }

  /** Disables the ledger's own triggers, as a forger with all privileges would. */
  const forge = (database: string, sql: string) =>
    place.query(
      database,
      `ALTER TABLE socrates_db.history DISABLE TRIGGER append_only; ${sql}; ALTER TABLE socrates_db.history ENABLE TRIGGER append_only`,
    );

  it("reports nothing after migrate, rollback and migrate", async () => {
    expect(await verify()).toEqual({ exitCode: 0, findings: [] });
    await place.run(["rollback", "--phase", "0", "--quiet"]);
    expect(await verify()).toEqual({ exitCode: 0, findings: [] });
    await place.run(["migrate", "--quiet"]);
    expect(await verify()).toEqual({ exitCode: 0, findings: [] });
  });

  it.each([
    ["a row that was deleted", "DELETE FROM socrates_db.migrations WHERE number = 3", ["row-lost"]],
    [
      "a row that was written by hand",
      "INSERT INTO socrates_db.migrations SELECT 4, 'forged', 1, 'x', now(), 1, 'me', '1' ",
      ["ahead", "row-forged"],
    ],
    [
      "a checksum that was changed",
      "UPDATE socrates_db.migrations SET checksum = 'x' WHERE number = 3",
      ["edited", "row-forged"],
    ],
    [
      "a migration that was begun and neither finished nor failed",
      "INSERT INTO socrates_db.history (action, number, name, checksum, tool_version) VALUES ('start', 5, 'x', 'y', '1')",
      ["unfinished"],
    ],
  ])("names %s", async (_, sql, codes) => {
    await forge("auth", sql);
    const { exitCode, findings } = await verify();
    expect(findings.map(({ code }: { code: string }) => code).sort()).toEqual(codes);
    for (const finding of findings) expect(finding).toMatchObject({ database: "auth", kind: "ledger" });
    expect(exitCode).toBe(codes.includes("unfinished") ? 0 : 1);
  });

  it("names an edited file with its place", async () => {
    const file = path.join(place.folder, "migrations/specs/002_papers.sql");
    writeFileSync(file, `${readFileSync(file, "utf8")}-- later\n`);
    const { exitCode, findings } = await verify();
    expect(findings).toMatchObject([
      {
        code: "edited",
        object: "socrates_db.migrations.002",
        location: { file: expect.stringContaining("002_papers.sql"), line: 1, column: 1 },
      },
    ]);
    expect(exitCode).toBe(1);
  });

  it("recognises a database that was restored to an earlier time", async () => {
    // As after a restore: the history ends at an earlier entry.
    await forge(
      "auth",
      "DELETE FROM socrates_db.history WHERE number = 3; DELETE FROM socrates_db.migrations WHERE number = 3; DROP TABLE teams",
    );
    const { exitCode, findings } = await verify();
    expect(findings).toMatchObject([
      {
        code: "restored",
        database: "auth",
        expected: 2,
        actual: 1,
        message: expect.stringContaining("socrates_auth was restored to an earlier time"),
      },
    ]);
    expect(exitCode).toBe(1);
  });

  it("recognises a database of another environment", async () => {
    await place.query("specs", "UPDATE socrates_db.chain SET created_at = created_at + interval '1 s'");
    const { exitCode, findings } = await verify();
    expect(findings).toMatchObject([{ code: "other-pair", database: "specs" }]);
    expect(exitCode).toBe(1);
  });

  it("reports a database that is a phase behind", async () => {
    await place.run(["rollback", "--to", "000", "--database", "specs", "--quiet"]);
    const { exitCode, findings } = await verify();
    expect(findings).toMatchObject([{ code: "phase-gap", severity: "warning", database: "specs" }]);
    expect(exitCode).toBe(0);
    writeProject(place.folder, {
      "auth/004_more.sql": "-- socrates-db: phase 2\nCREATE TABLE more (id int PRIMARY KEY);\n",
    });
    await place.run(["migrate", "--database", "auth", "--quiet"]);
    expect(await verify()).toMatchObject({
      exitCode: 1,
      findings: [{ code: "phase-gap", severity: "error" }],
    });
  });

  it("refuses a database without a ledger", async () => {
    await place.query("auth", "DROP SCHEMA socrates_db CASCADE");
    expect((await refusal(place, ["verify", "ledger"])).code).toBe("ledger-missing");
  });
});
