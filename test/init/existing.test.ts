import { describe, expect, it } from "vitest";
import { adoptClean, existingDatabases, isBuildable, rebuilt, withExisting } from "./existing.ts";

/** Facts that do not hold on what the baseline builds, by a part of their query, and why. */
const known: Readonly<Record<string, readonly (readonly [query: string, reason: string])[]>> = {
  "006-partition-tree": [
    ["inhrelid = 'ledger_parts.its_own_name'", "the names of indexes of partitions are not read"],
    ["adrelid = 'ledger_parts.y2025'", "defaults of inherited columns are not read"],
    ["tgenabled", "whether a partition disables an inherited trigger is not read"],
  ],
  "010-sequences-and-identity": [
    ["sequencename = 'visitor_counter'", "the names of the sequences of identity columns are not read"],
    ["sequencename = 'desks'", "the names of the sequences of identity columns are not read"],
  ],
  "011-what-an-index-can-say": [
    ["seed.i05", "the options of an index are read in alphabetical order"],
    ["seed.i10", "the options of an index are read in alphabetical order"],
  ],
  "012-comments-everywhere": [
    ["count(*) from pg_description", "comments on fields of composite types are not read"],
  ],
  "013-row-security": [["reloptions", "the options of a view are read in alphabetical order"]],
  "017-inheritance-and-not-valid": [
    ["'garage.lorries'::regclass and attname = 'seats'", "defaults of inherited columns are not read"],
  ],
};

describe("init --from takes an existing database, and its baseline builds an equal one", () => {
  it.for(existingDatabases)("$name", async (database, { skip }) => {
    const { name } = database;
    skip(!(await isBuildable(database)), "the test server lacks its extensions");
    const expected = (known[name] ?? []).map(([query]) => expect.stringContaining(query));
    await withExisting(database, async (source) => {
      await adoptClean(source);
      expect(await rebuilt("server", database)).toEqual(expected);
      expect(await rebuilt("embedded", database)).toEqual(expected);
    });
  });
});
