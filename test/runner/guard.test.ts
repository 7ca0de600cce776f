import { afterEach, expect, it } from "vitest";
import { guardSql, verdictOf } from "../../src/runner/script-sql.ts";
import { makePlace, type Place } from "../support/place.ts";
import { table, writeChains } from "./helpers.ts";

let place: Place;
afterEach(() => place.dispose());

it("the guard tells a migration that is done by its own row, whatever the head", async () => {
  place = await makePlace("server");
  writeChains(place, { auth: [table(1, 0), table(3, 0)], specs: [] });
  expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
  const guard = { chain: "auth", lock: false, applied: false };
  const verdict = async (head: number, number: number) =>
    verdictOf(
      await place.query("auth", guardSql({ ...guard, head, number })).catch((error: unknown) => error),
    );
  // As a runner that was overtaken has it: what it read last goes beyond what it comes to next.
  expect(await verdict(3, 3)).toBe("done");
  expect(await verdict(3, 1)).toBe("done");
  expect(await verdict(1, 5)).toBe("moved");
  await expect(place.query("auth", guardSql({ ...guard, head: 3, number: 5 }))).resolves.toEqual([]);
});
