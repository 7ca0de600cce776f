import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { makePlace } from "../support/place.ts";

const root = path.resolve(import.meta.dirname, "../..");

it("the README shows what trace prints", async () => {
  const place = await makePlace("embedded", { migrated: true });
  const folder = path.join(place.folder, ".socrates-db");
  const { stdout } = await place.run(["trace", "users.email", "--quiet", "--data-dir", folder], {
    cwd: root,
    spawn: true,
  });
  await place.dispose();
  const [shown] =
    /^column auth\.public\.users\.email\n[^`]*/m.exec(readFileSync(path.join(root, "README.md"), "utf8")) ??
    [];
  expect(stdout.replaceAll(folder, ".socrates-db")).toBe(shown);
});
