import { afterEach, describe, expect, it } from "vitest";
import { makePlace, type Place, sampledEngines } from "../support/place.ts";
import { refusal } from "../support/refusal.ts";
import { counts } from "./helpers.ts";

let place: Place;
afterEach(() => place.dispose());

async function seeded(engine: Place["engine"]): Promise<void> {
  place = await makePlace(engine, { migrated: true });
  expect(await place.run(["seed", "--users", "5"])).toMatchObject({ exitCode: 0 });
}

/**
 * A user's changes after seed, with no more rows in any table than seed created; and the table and number of the
 * rows.
 */
const takeovers: readonly (readonly [what: string, sql: string, found: RegExp])[] = [
  [
    "rows in place of seeded ones",
    "DELETE FROM user_rules; INSERT INTO user_rules (user_id, rules) SELECT id, '{\"mine\": true}' FROM users LIMIT 2",
    /user_rules holds 2 rows that seed did not create/,
  ],
  [
    "one row in a table that was emptied",
    "TRUNCATE refresh_tokens; INSERT INTO refresh_tokens (id, user_id, token, expires_at) SELECT gen_random_uuid(), id, 'mine', now() FROM users LIMIT 1",
    /refresh_tokens holds 1 row that seed did not create/,
  ],
  [
    "a log of one's own",
    "DELETE FROM audit_logs; INSERT INTO audit_logs (user_id, action, resource_type) SELECT id, 'look', 'me' FROM users LIMIT 1",
    /audit_logs holds 1 row that seed did not create/,
  ],
  [
    "a user of the same name with another id",
    "DELETE FROM users WHERE email LIKE '%.5@example.com'; INSERT INTO users (email, password_hash, name) VALUES ('me@example.org', 'x', 'Me')",
    /users holds 1 row that seed did not create/,
  ],
];

describe.each(sampledEngines("server"))("rows that a person wrote on the %s engine (fault 45)", (engine) => {
  it.each(takeovers)("are never removed nor added to: %s", async (_, sql, found) => {
    await seeded(engine);
    await place.query("auth", sql);
    const before = await counts(place, "auth");
    for (const args of [["--reset", "--yes"], ["--append"]]) {
      const { code, text } = await refusal(place, ["seed", "--users", "2", ...args]);
      expect(code).toBe("rows-found");
      expect(text).toMatch(found);
    }
    expect(await counts(place, "auth")).toEqual(before);
  });

  it("are distinguished from seeded rows that were changed, deleted, or seeded in several runs", async () => {
    await seeded(engine);
    expect(await place.run(["seed", "--append", "--seed", "7", "--users", "3"])).toMatchObject({
      exitCode: 0,
    });
    await place.query("auth", "UPDATE users SET name = 'Me'; DELETE FROM audit_logs WHERE id % 2 = 0");
    expect(await place.run(["seed", "--append", "--users", "2"])).toMatchObject({ exitCode: 0 });
    expect(await place.run(["seed", "--reset", "--yes", "--users", "2"])).toMatchObject({ exitCode: 0 });
    expect(await counts(place, "auth")).toMatchObject({ users: 2 });
  });
});

/** Another tool's objects in the database. */
const others: readonly (readonly [what: string, sql: string])[] = [
  ["a table with rows", "CREATE TABLE alembic_version AS SELECT 'x' AS version_num"],
  [
    "a view, a function and an index",
    "CREATE VIEW v AS SELECT id FROM users; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE INDEX other ON users (name)",
  ],
  [
    "a schema with a type",
    "CREATE SCHEMA tool; CREATE TYPE tool.mood AS ENUM ('sad'); CREATE TABLE tool.t (m tool.mood); INSERT INTO tool.t VALUES ('sad')",
  ],
  [
    "an empty table that refers to ours",
    "CREATE TABLE badge (user_id uuid REFERENCES users ON DELETE CASCADE)",
  ],
];

describe.each(sampledEngines("server"))("what other tools keep on the %s engine (fault 45)", (engine) => {
  it.each(others)("does not stop seed and is kept: %s", async (_, sql) => {
    place = await makePlace(engine, { migrated: true });
    await place.query("auth", sql);
    for (const args of [[], ["--append"], ["--reset", "--yes"]])
      expect([args, await place.run(["seed", "--users", "3", ...args])]).toMatchObject([
        args,
        { exitCode: 0 },
      ]);
    expect(await counts(place, "auth")).toMatchObject({ users: 3 });
    if (sql.includes("alembic_version"))
      expect(await place.query("auth", "SELECT FROM alembic_version")).toHaveLength(1);
  });

  it("is not removed with the rows that it refers to", async () => {
    await seeded(engine);
    await place.query(
      "auth",
      "CREATE TABLE badge (user_id uuid REFERENCES users ON DELETE CASCADE); INSERT INTO badge SELECT id FROM users",
    );
    const { code, text } = await refusal(place, ["seed", "--reset", "--yes"]);
    expect([code, text]).toEqual(["rows-found", expect.stringContaining("public.badge holds rows")]);
    expect(await place.query("auth", "SELECT FROM badge")).toHaveLength(5);
    expect(await place.run(["seed", "--append", "--users", "2"])).toMatchObject({ exitCode: 0 });
  });
});

it("rows are loaded in large runs next to another tool's table that refers to ours", async () => {
  place = await makePlace("server", { migrated: true });
  await place.query("auth", "CREATE TABLE badge (user_id uuid REFERENCES users)");
  expect(await place.run(["seed", "--users", "320"])).toMatchObject({ exitCode: 0 });
  expect(await place.run(["seed", "--reset", "--yes", "--users", "310"])).toMatchObject({ exitCode: 0 });
  expect(await counts(place, "auth")).toMatchObject({ users: 310 });
});
