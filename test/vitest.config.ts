import { defineConfig } from "vitest/config";
import { TitleReporter } from "./support/titles.ts";

/**
 * Slow suites: they fill databases, start many programs, compare many schemas, or check every case of one
 * promise. They are for `npm run test:long`, so that `npm test` stays short enough to be run after each change.
 */
export const longSuites: readonly string[] = [
  "test/adopt/adopt.test.ts",
  "test/api/project.test.ts",
  "test/catalog/mutations.test.ts",
  "test/cli/applications.test.ts",
  "test/cli/arguments.test.ts",
  "test/cli/code-cache.test.ts",
  "test/cli/hostile-text.test.ts",
  "test/cli/kept-catalogs.test.ts",
  "test/cli/needs.test.ts",
  "test/cli/own-files.test.ts",
  "test/cli/uncaught.test.ts",
  "test/cli/wait.test.ts",
  "test/database/copy.test.ts",
  "test/diagram/command.test.ts",
  "test/diagram/golden.test.ts",
  "test/diagram/properties.test.ts",
  "test/diff/cases.test.ts",
  "test/diff/document.test.ts",
  "test/diff/engines.test.ts",
  "test/diff/extensions.test.ts",
  "test/diff/options.test.ts",
  "test/diff/same-schema.test.ts",
  "test/embedded/directories.test.ts",
  "test/embedded/extensions.test.ts",
  "test/embedded/folders.test.ts",
  "test/embedded/heads.test.ts",
  "test/guards/linear-time.test.ts",
  "test/init/existing.test.ts",
  "test/init/migrated.test.ts",
  "test/migrations/ahead.test.ts",
  "test/migrations/refused-scripts.test.ts",
  "test/package/consumer.test.ts",
  "test/package/examples.test.ts",
  "test/package/reference.test.ts",
  "test/rehearse/sizes.test.ts",
  "test/repair/conditions.test.ts",
  "test/repair/diff-fixtures.test.ts",
  "test/repair/gentle.test.ts",
  "test/repair/mutations.test.ts",
  "test/repair/pairs.test.ts",
  "test/repair/small-pairs-1.test.ts",
  "test/repair/small-pairs-2.test.ts",
  "test/repair/small-pairs-3.test.ts",
  "test/repair/small-pairs-4.test.ts",
  "test/runner/data-loss.test.ts",
  "test/runner/fresh-session.test.ts",
  "test/runner/interrupt.test.ts",
  "test/runner/interrupted.test.ts",
  "test/runner/lost-connection.test.ts",
  "test/runner/messages.test.ts",
  "test/runner/overlap.test.ts",
  "test/runner/session-state.test.ts",
  "test/runner/sql-errors.test.ts",
  "test/scripts/create-from-document.test.ts",
  "test/scripts/diff-sql.test.ts",
  "test/scripts/untouched.test.ts",
  "test/seed/engines.test.ts",
  "test/seed/modes.test.ts",
  "test/seed/others.test.ts",
  "test/seed/rows.test.ts",
  "test/serve/clients.test.ts",
  "test/serve/command.test.ts",
  "test/serve/native.test.ts",
  "test/shadow/left-overs.test.ts",
  "test/shadow/on-server.test.ts",
  "test/sync/documents.test.ts",
  "test/sync/mutations.test.ts",
  "test/testing/resets.test.ts",
  "test/testing/test-databases.test.ts",
  "test/verify/all.test.ts",
  "test/verify/phases.test.ts",
  "test/verify/schema.test.ts",
];

/** Needs the schemas of other applications, which are not part of this project. */
export const schemasSuite = "test/init/schemas-of-a-folder.test.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Faults take longer to inject: npm run test:faults.
    exclude: ["node_modules/**", "test/faults/**", ...longSuites, schemasSuite],
    globalSetup: ["test/support/global-setup.ts"],
    // A test that hangs ends; one on a loaded machine does not.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    reporters: ["default", new TitleReporter()],
    // It imports JSON as Node does not allow.
    server: { deps: { inline: [/@actions\//] } },
    pool: "forks",
    // Tests wait for servers and for programs they start: five at a time keep two processors busy.
    maxWorkers: 5,
  },
});
