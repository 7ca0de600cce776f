// npm run soak -- --rounds 200 --seed 1: only the soak test, for as long as requested.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "200" }, seed: { type: "string" } },
});
for (const [name, value] of Object.entries(values))
  if (!/^\d{1,10}$/.test(value)) throw new Error(`--${name} "${value}" is not an integer`);
const { status } = spawnSync(
  process.execPath,
  [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--config",
    "test/faults/vitest.config.ts",
    "--root",
    ".",
    "test/faults/soak",
  ],
  {
    stdio: "inherit",
    env: {
      ...process.env,
      SOCRATES_DB_SOAK_ROUNDS: values.rounds,
      ...(values.seed === undefined ? {} : { SOCRATES_DB_SOAK_SEED: values.seed }),
    },
  },
);
process.exitCode = status ?? 1;
