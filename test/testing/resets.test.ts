/** Tests of all kinds that leave their database in disorder, each a separate program: `fixtures/reset-*.mjs`. */
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { engines, makePlace } from "../support/place.ts";

const folder = path.join(import.meta.dirname, "fixtures");
const scripts = readdirSync(folder).filter((name) => /^reset-\d/.test(name));

describe.each(engines)("a reset on the %s engine", (engine) => {
  it.each(scripts)("withstands %s", async (script) => {
    const place = await makePlace(engine);
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [path.join(folder, script)], {
        cwd: place.folder,
        env: {
          ...process.env,
          TEST_MODULE: path.join(folder, "databases.mjs"),
          TEST_ENGINE: engine,
          TEST_ENV: JSON.stringify(place.env),
          RESETS: "30",
        },
      });
      expect(stdout).toMatch(/^ok/m);
    } finally {
      await place.dispose();
    }
  });
});
