import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { catalogOf } from "../support/catalog.ts";
import { makePlace, type Place } from "../support/place.ts";
import { smallChains, writeProject } from "../support/project.ts";
import { refusal } from "../support/refusal.ts";

let place: Place;
let applied: Awaited<ReturnType<typeof catalogOf>>;

beforeAll(async () => {
  place = await makePlace("server");
  writeProject(place.folder);
  expect((await place.run(["migrate"])).exitCode).toBe(0);
  applied = await catalogOf(place);
});
afterAll(() => place.dispose());
beforeEach(() => {
  rmSync(path.join(place.folder, "migrations"), { recursive: true });
  writeProject(place.folder, {
    ...smallChains,
    "specs/004_notes.sql": "-- socrates-db: phase 1\nCREATE TABLE notes ();",
  });
});
afterEach(async () => expect(await catalogOf(place)).toEqual(applied));

const file = (name: string) => path.join(place.folder, "migrations", name);

async function refused(): Promise<string> {
  const { code, text } = await refusal(place, ["migrate"]);
  expect(code).toBe("chain-invalid");
  expect((await refusal(place, ["migrate", "--dry-run"])).code).toBe(code);
  expect((await place.run(["status", "--check"])).exitCode).toBe(1);
  return text.replace(/\S+ as postgres/, "<database>");
}

describe("a file that was applied (fault 21)", () => {
  it("and then edited", async () => {
    writeFileSync(file("auth/001_people.sql"), `${smallChains["auth/001_people.sql"]}-- a word\n`);
    expect(await refused()).toMatchInlineSnapshot(`
      "error: <database>: 001_people was edited after it was applied
      hint: Restore the file as it was applied, and put the change into a new migration (socrates-db create)."
    `);
  });
  it("and then removed", async () => {
    for (const name of ["003_teams.sql", "003_teams.down.sql"]) rmSync(file(`auth/${name}`));
    expect(await refused()).toMatchInlineSnapshot(`
      "error: <database>: 003_teams was applied, but has no file
      hint: Restore the file from version control; never delete one that is applied."
    `);
  });
  it("and then renamed", async () => {
    for (const end of ["sql", "down.sql"])
      renameSync(file(`auth/003_teams.${end}`), file(`auth/003_groups.${end}`));
    expect(await refused()).toMatchInlineSnapshot(`
      "error: <database>: 003_groups was applied as 003_teams of phase 1
      hint: Give the file its old name and phase back."
    `);
  });
  it("and then moved to another number", async () => {
    for (const end of ["sql", "down.sql"])
      renameSync(file(`auth/003_teams.${end}`), file(`auth/005_teams.${end}`));
    expect(await refused()).toMatchInlineSnapshot(`
      "error: <database>: 003_teams was applied, but has no file
      hint: Restore the file from version control; never delete one that is applied."
    `);
  });
  it("and a new one put before it", async () => {
    writeFileSync(file("auth/002_early.sql"), "-- socrates-db: phase 0\nSELECT 1;");
    rmSync(file("specs/002_papers.sql"));
    rmSync(file("specs/002_papers.down.sql"));
    expect(await refused()).toMatchInlineSnapshot(`
      "error: <database>: 002_early is numbered below the last applied migration, but was never applied
      hint: Give the file the next free number, so that it runs after the applied ones."
    `);
  });
  it("and several invalid ones", async () => {
    writeFileSync(file("auth/001_people.sql"), "-- socrates-db: phase 0\nSELECT 1;");
    writeFileSync(file("auth/003_teams.sql"), "-- socrates-db: phase 1\nSELECT 1;");
    expect(await refused()).toContain("(and 1 more: socrates-db status lists them)");
  });
});

describe("what does not count as an edit (fault 22)", () => {
  const change = (make: (text: string) => string) => {
    for (const name of ["auth/001_people.sql", "auth/003_teams.sql", "specs/002_papers.sql"])
      writeFileSync(file(name), make(readFileSync(file(name), "utf8")));
    rmSync(file("specs/004_notes.sql"));
  };
  it.each([
    ["line endings of Windows", (text: string) => text.replaceAll("\n", "\r\n")],
    ["a byte order mark", (text: string) => `\ufeff${text}`],
    ["both", (text: string) => `\ufeff${text.replaceAll("\n", "\r\n")}`],
  ])("%s", async (_, make) => {
    change(make);
    expect(await place.run(["status", "--check", "--quiet"])).toMatchObject({ exitCode: 0, stderr: "" });
    expect((await place.run(["migrate", "--format", "json"])).stdout).toContain('"up-to-date"');
  });
});
