import { execFileSync } from "node:child_process";
import path from "node:path";
import { expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");

/** Runs a test runner on an example, which imports the package as it was built. */
function run(...args: readonly string[]): string {
  // A test runner inside another one would report to it.
  const { VITEST: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
  return execFileSync(process.execPath, [...args], { cwd: root, encoding: "utf8", env });
}

it("the example for node:test passes", () => {
  expect(run("--test", "--test-reporter", "tap", "examples/node-test/")).toContain("# pass 2\n# fail 0");
});

it("the example for vitest passes", () => {
  const printed = run(
    "node_modules/vitest/vitest.mjs",
    "run",
    "--root",
    "examples/vitest",
    "--reporter",
    "json",
  );
  expect(JSON.parse(printed.slice(printed.indexOf("{")))).toMatchObject({
    numPassedTests: 2,
    numFailedTests: 0,
  });
});

it("the example for Jest passes", () => {
  const printed = run(
    "--experimental-vm-modules",
    "node_modules/jest/bin/jest.js",
    "--config",
    "examples/jest/jest.config.json",
    "--json",
  );
  expect(JSON.parse(printed)).toMatchObject({ numPassedTests: 1, numFailedTests: 0 });
});
