import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { createTestDatabases } from "socrates-db";

/** @type {Awaited<ReturnType<typeof createTestDatabases>>} */
let databases;
before(async () => {
  databases = await createTestDatabases({ builtin: true, seed: { users: 3, seed: 1 } });
});
afterEach(() => databases.reset());
after(() => databases.close());

for (const round of [1, 2])
  test(`a user can be deleted (round ${round})`, async () => {
    const { auth } = databases.databases;
    await auth.sql`DELETE FROM users WHERE email = (SELECT min(email) FROM users)`;
    assert.deepEqual([...(await auth.sql`SELECT count(*)::int FROM users`)], [{ count: 2 }]);
    const { findings } = await databases.project.verify("references");
    assert.ok(findings.length > 0, "projects of the deleted user refer to nobody now");
  });
