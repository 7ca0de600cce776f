import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { errorCodes } from "../../src/errors.ts";
import { makePlace, type Place } from "../support/place.ts";
import { smallChains, writeProject } from "../support/project.ts";

let place: Place;
beforeEach(async () => {
  place = await makePlace("embedded");
  writeProject(place.folder);
  writeFileSync(path.join(place.folder, "broken.sql"), "CREATE TABLE x (id int;\n");
  writeFileSync(path.join(place.folder, "open.sql"), "SELECT 'never closed;\n");
});
afterEach(() => place.dispose());

const noPhase = { ...smallChains, "auth/003_teams.sql": "CREATE TABLE teams (id int PRIMARY KEY);\n" };
const failing = { ...smallChains, "auth/003_teams.sql": "-- socrates-db: phase 1\nSELECT 1/0;\n" };

/** 3 only if a migration was refused or failed; a command that does not migrate could not run, which is 2. */
describe("exit codes", () => {
  it.each<
    [args: string, files: Readonly<Record<string, string>>, code: keyof typeof errorCodes, exitCode: 2 | 3]
  >([
    ["diff --database auth --from open.sql --to broken.sql", smallChains, "file-invalid", 2],
    ["diff --database auth --from broken.sql --to broken.sql", smallChains, "migration-failed", 2],
    ["diff --database auth --from migrations --to broken.sql", failing, "migration-failed", 2],
    ["verify phases", failing, "migration-failed", 2],
    ["verify", noPhase, "file-invalid", 2],
    ["verify ledger", noPhase, "file-invalid", 2],
    ["verify ledger", smallChains, "ledger-missing", 2],
    ["status", noPhase, "file-invalid", 2],
    ["trace people", noPhase, "file-invalid", 2],
    ["create more --database auth --phase 1", noPhase, "file-invalid", 2],
    ["seed", noPhase, "file-invalid", 2],
    ["seed", smallChains, "ledger-missing", 2],
    ["migrate", noPhase, "file-invalid", 3],
    ["migrate --dry-run", noPhase, "file-invalid", 3],
    ["migrate", failing, "migration-failed", 3],
    ["rollback --to 0", noPhase, "file-invalid", 3],
    ["adopt", noPhase, "file-invalid", 3],
    ["adopt", smallChains, "nothing-to-adopt", 3],
    ["migrate --phase 9", smallChains, "usage", 2],
    ["migrate --phase 9 --dry-run", smallChains, "usage", 2],
    ["migrate --config nowhere.json", smallChains, "config-not-found", 2],
  ])("%s", async (args, files, code, exitCode) => {
    writeProject(place.folder, files);
    const result = await place.run([...args.split(" "), "--format", "json"]);
    expect([JSON.parse(result.stdout).error?.code, result.exitCode]).toEqual([code, exitCode]);
  });
});
