import { rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabases, matchers, type TestDatabases } from "../../src/index.ts";
import { engines, lastPhase, makePlace, type Place } from "../support/place.ts";

describe.each(engines)("test databases on the %s engine", (engine) => {
  let place: Place;
  let test: TestDatabases;
  beforeAll(async () => {
    place = await makePlace(engine);
    test = await createTestDatabases({
      engine,
      builtin: true,
      cwd: place.folder,
      env: place.env,
      phase: lastPhase(engine),
      seed: { users: 2, seed: 1 },
      setup: {
        auth: "CREATE TABLE note (id serial PRIMARY KEY, text text); INSERT INTO note (text) VALUES ('first')",
        specs: async (sql) => sql`CREATE SEQUENCE ticket START 7`,
      },
    });
  });
  afterAll(async () => {
    await test?.close();
    await place.dispose();
  });
  afterEach(() => test.reset());

  it("contain what was asked for", async () => {
    const { auth, specs } = test.databases;
    expect(await auth.sql`SELECT count(*)::int AS users FROM users`).toEqual([{ users: 2 }]);
    expect(await specs.sql`SELECT nextval('ticket')::int AS ticket`).toEqual([{ ticket: 7 }]);
    const { databases } = await test.project.status();
    expect(Object.values(databases).map(({ phase }) => phase)).toEqual([
      lastPhase(engine),
      lastPhase(engine),
    ]);
  });
});
