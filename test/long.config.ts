import { defineConfig } from "vitest/config";
import base, { longSuites } from "./vitest.config.ts";

/** `npm run test:long` */
export default defineConfig({
  ...base,
  test: { ...base.test, include: [...longSuites], exclude: ["node_modules/**"] },
});
