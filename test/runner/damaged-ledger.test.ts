import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";
import { refusal } from "../support/refusal.ts";
import { table, writeChains } from "./helpers.ts";

let place: Place;
beforeAll(async () => {
  place = await makePlace("server");
  writeChains(place, { auth: [table(1, 0), table(3, 1)], specs: [table(2, 0)] });
  expect(await place.run(["migrate", "--phase", "0"])).toMatchObject({ exitCode: 0 });
});
afterAll(() => place.dispose());

describe("an unknown ledger is refused", () => {
  it.each<[state: string, what: string, damage: string, repair: string]>([
    [
      "42703",
      "without a column of its migrations",
      "ALTER TABLE socrates_db.migrations RENAME checksum TO sum",
      "ALTER TABLE socrates_db.migrations RENAME sum TO checksum",
    ],
    [
      "42703",
      "without a column of its history",
      "ALTER TABLE socrates_db.history RENAME action TO deed",
      "ALTER TABLE socrates_db.history RENAME deed TO action",
    ],
    [
      "42P01",
      "without its chain",
      "ALTER TABLE socrates_db.chain RENAME TO chains",
      "ALTER TABLE socrates_db.chains RENAME TO chain",
    ],
    [
      "42P01",
      "without its history",
      "ALTER TABLE socrates_db.history RENAME TO past",
      "ALTER TABLE socrates_db.past RENAME TO history",
    ],
    [
      "42883",
      "whose history counts in another type",
      "ALTER TABLE socrates_db.history ALTER number TYPE json USING to_json(number)",
      "ALTER TABLE socrates_db.history ALTER number TYPE int USING number::text::int",
    ],
  ])("%s: %s", async (state, _, damage, repair) => {
    await place.query("auth", damage);
    try {
      for (const args of [["migrate"], ["status"], ["rollback", "--to", "0"]]) {
        const { code, text } = await refusal(place, args);
        expect([args, code]).toEqual([args, "ledger-invalid"]);
        expect(text).toContain("socrates_db");
      }
    } finally {
      await place.query("auth", repair);
    }
    expect(state).toMatch(/^42/);
    expect(await place.run(["status"])).toMatchObject({ exitCode: 0 });
  });
});
