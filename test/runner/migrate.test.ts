import { readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { engines, lastPhase, makePlace, type Place } from "../support/place.ts";

interface Entry {
  readonly phase: number;
}
type Listing = Record<string, readonly Entry[]>;

const fixtures = path.resolve(import.meta.dirname, "../fixtures");
const expected: Record<string, Listing> = JSON.parse(
  readFileSync(path.join(fixtures, "expected-schema.json"), "utf8"),
);
const listingQuery = readFileSync(path.join(fixtures, "schema-listing.sql"), "utf8");

/** The documented schema at the end of a phase, in the form of the listing query. */
function documented(database: string, phase: number): Listing {
  const kinds = Object.entries(expected[database] ?? {});
  return Object.fromEntries(
    kinds.map(([kind, entries]) => [
      kind,
      entries.filter((entry) => entry.phase <= phase).map(({ phase: _, ...rest }) => rest as Entry),
    ]),
  );
}

async function listing(place: Place, database: string): Promise<Listing> {
  const [row] = await place.query<Record<string, Listing>>(database, listingQuery);
  return Object.values(row ?? {})[0] ?? {};
}

describe.each(engines)("migrate on the %s engine", (engine) => {
  let place: Place;
  afterEach(() => place.dispose());

  it("creates the documented schema at every phase, and nothing else", async () => {
    place = await makePlace(engine);
    // Opening an embedded database takes half a second, so it is read less often there.
    const all = Array.from({ length: lastPhase(engine) + 1 }, (_, phase) => phase);
    for (const phase of engine === "server" ? all : [5, 6]) {
      const result = await place.run(["migrate", "--phase", String(phase), "--quiet"]);
      // PostgreSQL warns that the index of 012 is built over no rows.
      const counted = phase === 5 ? "1 notice of the server hidden; leave out --quiet to see them\n" : "";
      expect(result).toMatchObject({ exitCode: 0, stderr: counted });
      for (const database of ["auth", "specs"])
        expect(await listing(place, database)).toEqual(documented(database, phase));
    }
  });

  it("reports what it applied as JSON, and then that all is up to date", async () => {
    place = await makePlace(engine);
    const first = await place.run(["migrate", "--phase", "3", "--format", "json"]);
    const report = JSON.parse(first.stdout);
    expect(report).toMatchObject({
      schemaVersion: 1,
      outcome: "applied",
      databases: { auth: { head: 6, phase: 3 }, specs: { head: 7, phase: 3 } },
    });
    const numbers = (database: string) =>
      report.databases[database].applied.map(({ number }: { number: number }) => number);
    expect({ auth: numbers("auth"), specs: numbers("specs") }).toEqual({
      auth: [1, 4, 6],
      specs: [2, 3, 5, 7],
    });
    const second = await place.run(["migrate", "--phase", "3", "--format", "json"]);
    expect(JSON.parse(second.stdout)).toMatchObject({
      outcome: "up-to-date",
      databases: { auth: { applied: [] } },
    });
  });
});
