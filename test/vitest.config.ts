import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Faults take longer to inject: npm run test:faults.
    exclude: ["node_modules/**", "test/faults/**"],
    globalSetup: ["test/support/global-setup.ts"],
    // A test that hangs ends; one on a loaded machine does not.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    pool: "forks",
    // Tests wait for servers and for programs they start: five at a time keep two processors busy.
    maxWorkers: 5,
  },
});
