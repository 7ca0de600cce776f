import { spawnSync } from "node:child_process";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ledgers, table, writeChains } from "../runner/helpers.ts";
import { cacheVariable } from "../support/cli.ts";
import { makePlace, type Place } from "../support/place.ts";

const program = path.resolve(import.meta.dirname, "../../bin/socrates-db.js");
/** The program that gives a command a terminal; that of other systems takes different arguments. */
const hasScript = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux");

let place: Place;
afterEach(() => place.dispose());

/** Runs a command on a terminal with this many columns, 0 for an unknown width, and returns all its output. */
function onTerminal(columns: number, command: string): { status: number | null; screen: string } {
  const line = `stty cols ${columns}; '${process.execPath}' '${program}' ${command}`;
  const { status, stdout } = spawnSync("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
    cwd: place.folder,
    env: {
      ...process.env,
      ...{ CI: "", TERM: "xterm", NO_COLOR: "1", XDG_CACHE_HOME: process.env[cacheVariable] },
      ...place.env,
    },
    encoding: "utf8",
    // A program that draws forever must not block the test.
    timeout: 240_000,
  });
  return { status, screen: stdout };
}

const chains = { auth: [table(1, 0), table(3, 0)], specs: [table(2, 0)] };

describe.skipIf(!hasScript)("on a terminal", () => {
  it("a run redraws its line", async () => {
    place = await makePlace("server");
    writeChains(place, chains);
    const { status, screen } = onTerminal(100, "migrate");
    expect(screen).toContain("phase 0: auth 001_m1");
    expect(screen).toContain("✔ auth   applied 003_m3");
    expect(status).toBe(0);
  });

  it("without a width, a run writes line by line", async () => {
    place = await makePlace("server");
    writeChains(place, chains);
    const { status, screen } = onTerminal(0, "migrate");
    expect(status).toBe(0);
    expect(screen).toMatch(/^auth {3}applied 003_m3 in \d+ ms\r$/m);
    expect(await ledgers(place)).toEqual({ auth: [1, 3], specs: [2] });
  });

  it.each([
    ["seed --users 5", "users"],
    ["diagram", "┌"],
    ["verify indexes", "85 of 85 documented"],
    ["--help", "Usage: socrates-db"],
  ])("without a width, %s ends as it does elsewhere", async (command, expected) => {
    place = await makePlace("server", { migrated: true });
    const { status, screen } = onTerminal(0, command);
    expect(screen).toContain(expected);
    expect(screen).not.toContain("\u001b[1A");
    expect(status).toBe(0);
  });
});
