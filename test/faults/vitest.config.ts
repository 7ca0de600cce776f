import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { defineConfig } from "vitest/config";
import base from "../vitest.config.ts";
import { full } from "./support/level.ts";
import { faultsOf } from "./support/matrix.ts";
import { FaultReporter } from "./support/reporter.ts";

const tests = path.resolve(import.meta.dirname, "..");

/** Tests of faults in other folders; `npm test` also runs them. */
function elsewhere(): string[] {
  return readdirSync(tests, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts") && !name.startsWith("faults"))
    .filter((name) => faultsOf(readFileSync(path.join(tests, name), "utf8")).length > 0)
    .map((name) => `test/${name.split(path.sep).join("/")}`);
}

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ["test/faults/**/*.test.ts", ...(full ? elsewhere() : [])],
    exclude: ["node_modules/**"],
    testNamePattern: "\\(faults? \\d|the soak",
    reporters: ["default", new FaultReporter()],
    // Deadlines for busy machines.
    testTimeout: full ? 1_800_000 : 300_000,
  },
});
