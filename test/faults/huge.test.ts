import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { table, writeChains } from "../runner/helpers.ts";
import { makePlace, type Place } from "../support/place.ts";
import { expectFailure, inTime } from "./support/invariants.ts";
import { times } from "./support/level.ts";

let place: Place;
beforeEach(async () => {
  place = await makePlace("embedded");
  writeChains(place, { auth: [table(1, 0)], specs: [table(2, 0)] });
});
afterEach(() => place.dispose());

/** A process that may use at most this many megabytes of JavaScript memory, and must end in time. */
function bounded(args: readonly string[], megabytes: number) {
  const env = { NODE_OPTIONS: `--max-old-space-size=${megabytes}` };
  return inTime(place.run([...args, "--format", "json"], { env, spawn: true }));
}

describe("input that is much too large (fault 36)", () => {
  it("an SQL file of 300 MB", async () => {
    const file = openSync(path.join(place.folder, "auth/003_large.sql"), "w");
    writeSync(file, "-- socrates-db: phase 1\n");
    ftruncateSync(file, 300 * 1024 * 1024);
    closeSync(file);
    for (const args of [["migrate"], ["status"], ["migrate", "--dry-run"]]) {
      const result = await bounded(args, 128);
      expect(expectFailure(result)).toMatchObject({ code: "file-invalid" });
    }
  });

  it("an SQL file of unclosed parentheses", async () => {
    writeFileSync(
      path.join(place.folder, "auth/003_long.sql"),
      `-- socrates-db: phase 1\n${"(".repeat(times(500_000, 4_000_000))}`,
    );
    const result = await bounded(["migrate"], 512);
    expect(["migration-failed", "embedded-failed"]).toContain(expectFailure(result).code);
  });

  it.each(["[", '{"databases":'])("a config file of deeply nested %s", async (bracket) => {
    writeFileSync(path.join(place.folder, "socrates-db.config.json"), bracket.repeat(200_000));
    const result = await bounded(["status"], 256);
    expect(expectFailure(result).code).toBe("config-invalid");
    const whole = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;
    writeFileSync(path.join(place.folder, "socrates-db.config.json"), `{"databases":${whole}}`);
    expect(expectFailure(await bounded(["status"], 256)).code).toBe("config-invalid");
  });

  it.each([
    ["a table of 100,000 columns", `| a |\n|${"-|".repeat(100_000)}\n|${"x|".repeat(100_000)}\n`],
    ["a table of 100,000 rows", `| a | b |\n|---|---|\n${"| x | y |\n".repeat(100_000)}`],
    ["brackets without an end", "[".repeat(100_000)],
    ["emphasis without an end", "*_".repeat(100_000)],
    ["quotes in quotes", `${"> ".repeat(5_000)}x`],
    ["lists in lists", Array.from({ length: 1_000 }, (_, i) => `${" ".repeat(i * 2)}- x`).join("\n")],
    ["a fence without an end", `## Table: t (Phase 0)\n\`\`\`sql\n${"CREATE TABLE t (\n".repeat(50_000)}`],
    ["headings", "## Table: t (Phase 0)\n".repeat(50_000)],
  ])("a document with %s", async (_, text) => {
    writeFileSync(path.join(place.folder, "schema.md"), `# socrates_auth database\n\n${text}\n`);
    const result = await bounded(["verify", "document", "--document", "schema.md"], 512);
    expect([0, 1, 2], result.stderr).toContain(result.exitCode);
    expect(result.stderr).not.toMatch(/unexpected error|heap out of memory|call stack/i);
  });
});
