import { defineConfig } from "vitest/config";
import base, { schemasSuite } from "./vitest.config.ts";

/** `npm run test:schemas` */
export default defineConfig({
  ...base,
  test: { ...base.test, include: [schemasSuite], exclude: ["node_modules/**"] },
});
