import { createTestDatabases, matchers } from "socrates-db";
import { afterAll, afterEach, expect, it } from "vitest";
import { Users } from "../users.ts";

expect.extend(matchers);
const test = await createTestDatabases({ builtin: true, seed: { users: 3, seed: 1 } });
const { auth, specs } = test.databases;
afterEach(() => test.reset());
afterAll(() => test.close());

it.each([1, 2])("removes a user and the user's projects (round %i)", async () => {
  const [user] = await auth.sql`SELECT id, email FROM users ORDER BY email`;
  await new Users(auth.sql, specs.sql).remove(user?.["email"]);
  expect(await auth.sql`SELECT count(*)::int FROM users`).toEqual([{ count: 2 }]);
  expect(await specs.sql`SELECT FROM projects WHERE user_id = ${user?.["id"]}`).toEqual([]);
});
