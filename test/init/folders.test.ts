import { cpSync, existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { folder } from "./repository.ts";
import { filesIn, repositories, wants } from "./want.ts";

interface Note {
  readonly from: string;
}
interface Taken extends Note {
  readonly name: string;
  readonly down: boolean;
}

describe.each(wants)("$name", (want) => {
  const isRefused = want.refuses.length > 0;
  it("is taken over or refused as want.txt says", async () => {
    cpSync(path.join(repositories, want.name), folder, { recursive: true });
    const before = readdirSync(folder, { recursive: true }).sort();
    const { exitCode, stdout, stderr } = await runCli(["init", "--format", "json"], { cwd: folder });
    const report = JSON.parse(stdout);
    expect({ tool: report.tool, folder: report.folder }).toEqual(
      want.tool.includes(" and ") ? { tool: null, folder: null } : { tool: want.tool, folder: want.folder },
    );
    expect(exitCode).toBe(isRefused ? 2 : 0);
    expect(stderr).toMatch(isRefused ? /^error: .+\nhint: Nothing was written\./ : /^$/);
    const skipped = report.skips.map(({ from }: Note) => from);
    for (const skip of want.skips)
      expect(
        skipped.some((from: string) => skip === from || skip.startsWith(`${from}/`)),
        skip,
      ).toBe(true);
    const warnings = JSON.stringify(report.warnings);
    for (const line of want.warns) {
      if (filesIn(line).length === 0) expect(warnings).toContain("no down file");
      for (const file of filesIn(line)) expect(warnings, line).toContain(file);
    }
    for (const line of want.refuses)
      for (const file of filesIn(line)) expect(JSON.stringify(report.refused), line).toContain(file);
    const taken = report.takes.filter(({ from }: Note, i: number) => report.takes[i - 1]?.from !== from);
    expect(taken.map(({ from, name, down }: Taken) => ({ from, name, down }))).toEqual(
      want.takes.map(({ from, name, down }) => ({
        from,
        name: name.startsWith("(") ? expect.stringMatching(/^[a-z]/) : name,
        down: down !== "",
      })),
    );
    if (isRefused) {
      expect(report.written).toEqual([]);
      expect(readdirSync(folder, { recursive: true }).sort()).toEqual(before);
    } else for (const file of report.written) expect(existsSync(path.join(folder, file)), file).toBe(true);
  });
});
