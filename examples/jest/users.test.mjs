// Run with: node --experimental-vm-modules node_modules/jest/bin/jest.js --config examples/jest/jest.config.json
import { afterAll, afterEach, beforeAll, expect, it } from "@jest/globals";
import { createTestDatabases, matchers } from "socrates-db";

expect.extend(matchers);
let test;
beforeAll(async () => {
  test = await createTestDatabases({ builtin: true, seed: { users: 3, seed: 1 } });
}, 30_000);
afterEach(() => test.reset());
afterAll(() => test.close());

it("deletes a user", async () => {
  const { auth } = test.databases;
  await auth.sql`DELETE FROM users WHERE email = (SELECT min(email) FROM users)`;
  expect([...(await auth.sql`SELECT count(*)::int FROM users`)]).toEqual([{ count: 2 }]);
  await expect(test).toHaveNoDrift();
});
