import { cpSync, rmSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { readChain } from "../../src/migrations/files.ts";
import { openEmbedded } from "../../src/shadow/embedded.ts";
import { runUp } from "../../src/sources/of-migrations.ts";
import {
  type ApplicationCase,
  brokenCases,
  keepingCases,
  losingCases,
  otherLosingCases,
} from "./application-cases.ts";
import {
  type ApplicationRehearsal,
  makeProject,
  places,
  rehearseWith,
  writeFiles,
} from "./application-project.ts";
import { statementsOver } from "./unaffected-statements.ts";

let folder: string;
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** All cases in one database: each has a file, with an unaffected statement before the affected one. */
async function rehearseCases(cases: readonly ApplicationCase[]): Promise<ApplicationRehearsal> {
  const all = (part: "base" | "change") => cases.map((one) => `${one[part]};`).join("\n");
  folder = makeProject(["app"], {
    "m/app/001_base.sql": `CREATE TABLE steady (id int PRIMARY KEY);\n${all("base")}`,
    "m/app/002_change.sql": all("change"),
    ...Object.fromEntries(
      cases.map(({ statement }, i) => [
        `sql/${String(i).padStart(2, "0")}.sql`,
        `SELECT id FROM steady\n  WHERE id = $1;\n${statement};\n`,
      ]),
    ),
  });
  return rehearseWith(folder, 1);
}

function expectAll(cases: readonly ApplicationCase[], rehearsal: ApplicationRehearsal, code: string): void {
  expect(places(rehearsal)).toEqual(cases.map((_, i) => `${String(i).padStart(2, "0")}.sql:3 ${code}`));
  for (const [i, { says, statement }] of cases.entries()) {
    const name = `${String(i).padStart(2, "0")}.sql`;
    const found = rehearsal.findings.find(({ location }) => location?.file.endsWith(name));
    expect(found?.message, statement).toContain(says);
    expect(found?.message).toContain("002_change.sql, ");
  }
}

describe("statements of the application", () => {
  it("finds thirty that a migration breaks, with the error", async () => {
    expect(brokenCases.length).toBeGreaterThanOrEqual(30);
    const rehearsal = await rehearseCases(brokenCases);
    expectAll(brokenCases, rehearsal, "statement-broken");
    expect(rehearsal.applicationStatements).toMatchObject({
      statements: brokenCases.length * 2,
      planned: brokenCases.length * 2,
      broken: brokenCases.length,
      losingIndex: 0,
    });
  });

  it("finds thirty that lose an index, with the index", async () => {
    expect(losingCases.length).toBeGreaterThanOrEqual(30);
    const rehearsal = await rehearseCases(losingCases);
    expectAll(losingCases, rehearsal, "plan-loses-index");
    expect(rehearsal.applicationStatements).toMatchObject({ broken: 0, losingIndex: losingCases.length });
  });

  it("finds losses of less common objects and clauses", async () => {
    const rehearsal = await rehearseCases(otherLosingCases);
    expectAll(otherLosingCases, rehearsal, "plan-loses-index");
  });

  it("gives no alarm where another index fits, or the same", async () => {
    const rehearsal = await rehearseCases(keepingCases);
    expect(rehearsal.findings.filter(({ code }) => code.startsWith("plan-"))).toEqual([]);
    expect(rehearsal.applicationStatements).toMatchObject({
      planned: keepingCases.length * 2,
      broken: 0,
      losingIndex: 0,
    });
  });

  it("gives no alarm for statements that a harmless migration does not affect", async () => {
    const root = path.resolve(import.meta.dirname, "../..");
    folder = makeProject(["auth", "specs"], {});
    const statements = new Map<string, readonly string[]>();
    for (const key of ["auth", "specs"]) {
      cpSync(path.join(root, "migrations", key), path.join(folder, "m", key), { recursive: true });
      const shadow = await openEmbedded();
      for (const file of readChain(key, path.join(folder, "m", key)).migrations) await runUp(shadow, file);
      statements.set(key, await statementsOver(shadow));
      await shadow.close();
    }
    const all = [...statements.values()].flat();
    expect(all.length).toBeGreaterThan(500);
    writeFiles(folder, { "sql/nested/all.sql": `${all.join(";\n")};\n` });
    // Another index has the column of each that is dropped.
    writeFiles(
      folder,
      {
        "m/auth/015_more.sql": `ALTER TABLE users ADD COLUMN phone text, ADD COLUMN score int NOT NULL DEFAULT 7;
CREATE TABLE devices (id uuid PRIMARY KEY, user_id uuid REFERENCES users (id));
CREATE INDEX users_phone ON users (phone);
DROP INDEX idx_users_email;
ALTER INDEX idx_users_created_at RENAME TO users_by_age;
ALTER TABLE refresh_tokens ALTER COLUMN revoked_at SET DEFAULT now();
`,
      },
      6,
    );
    writeFiles(
      folder,
      {
        "m/specs/016_more.sql": `ALTER TABLE projects ADD COLUMN colour text;
ALTER TABLE projects ALTER COLUMN name TYPE varchar(300);
CREATE INDEX projects_colour ON projects (colour, id);
ALTER TABLE sessions ADD COLUMN note text;
ANALYZE;
`,
      },
      6,
    );
    const rehearsal = await rehearseWith(folder, 14);
    expect(places(rehearsal)).toEqual([]);
    expect(rehearsal.applicationStatements).toMatchObject({
      statements: all.length,
      planned: all.length,
      broken: 0,
      losingIndex: 0,
    });
    // And these are not blind to a harmful one.
    writeFiles(
      folder,
      {
        "m/auth/017_drop.sql":
          "DROP INDEX idx_refresh_tokens_user_id;\nALTER TABLE users DROP COLUMN name;\n",
      },
      6,
    );
    const harmed = await rehearseWith(folder, 14);
    expect(harmed.applicationStatements.broken).toBe(5);
    expect(harmed.applicationStatements.losingIndex).toBeGreaterThan(2);
    const named = harmed.findings.filter(({ code }) => /^(statement|plan)-/.test(code));
    for (const { message } of named) expect(message).toContain("017_drop.sql, ");
  });
});
