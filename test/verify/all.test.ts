import { expect, it } from "vitest";
import { makePlace } from "../support/place.ts";

it("runs all checks, and reports what each found", async () => {
  const place = await makePlace("embedded", { migrated: true });
  const json = await place.run(["verify", "--format", "json", "--quiet"]);
  const report = JSON.parse(json.stdout);
  expect(report.checks.map(({ name }: { name: string }) => name)).toEqual([
    "schema",
    "document",
    "phases",
    "ledger",
    "indexes",
    "references",
    "access",
  ]);
  expect(report).toMatchObject({
    summary: { errors: 0, warnings: 0 },
    indexes: { present: 85 },
    references: expect.any(Array),
  });
  expect(json.exitCode).toBe(0);
  await place.query(
    "auth",
    "DROP INDEX idx_users_email; DELETE FROM socrates_db.migrations WHERE number = 13",
  );
  const text = await place.run(["verify", "--quiet"]);
  expect(text.exitCode).toBe(1);
  expect(text.stdout).toMatch(/✖ schema +│ +[1-9]/);
  expect(text.stdout).toMatch(/✖ ledger +│ +1 │/);
  expect(text.stdout).toMatch(/✖ indexes +│ +1 │/);
  expect(text.stdout).toMatch(/✔ document +│ +· │/);
  await place.dispose();
});
