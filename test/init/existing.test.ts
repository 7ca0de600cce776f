import { describe, expect, it } from "vitest";
import { adoptClean, existingDatabases, isBuildable, rebuilt, withExisting } from "./existing.ts";

describe("init --from takes an existing database, and its baseline builds an equal one", () => {
  it.for(existingDatabases)("$name", async (database, { skip }) => {
    skip(!(await isBuildable(database)), "the test server lacks its extensions");
    await withExisting(database, async (source) => {
      await adoptClean(source);
      expect(await rebuilt("server", database)).toEqual([]);
      expect(await rebuilt("embedded", database)).toEqual([]);
    });
  });
});
