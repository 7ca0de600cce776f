import { defineConfig } from "vitest/config";
import base from "../vitest.config.ts";

/** All suites but those of faults: a mutant is shown those of its folder. */
export default defineConfig({
  ...base,
  test: { ...base.test, exclude: ["node_modules/**", "test/faults/**"] },
});
