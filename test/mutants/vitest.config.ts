import { defineConfig } from "vitest/config";
import base from "../vitest.config.ts";

/** All suites except those of faults: a mutant runs those of its folder. */
export default defineConfig({
  ...base,
  test: { ...base.test, exclude: ["node_modules/**", "test/faults/**"] },
});
