import { afterEach, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";
import { errorOf, history, keys, ledgers, migrateAll, reachable } from "./helpers.ts";

let place: Place;
afterEach(() => place.dispose());

async function expectEachOnce(): Promise<void> {
  expect(await ledgers(place)).toEqual(reachable(place.engine));
  for (const key of keys)
    expect(await history(place, key)).toEqual(
      reachable(place.engine)[key]?.map((number) => `apply ${number}`),
    );
}

it("lets twenty runners that start at once on empty server databases apply each migration once", async () => {
  place = await makePlace("server");
  const results = await Promise.all(Array.from({ length: 20 }, () => place.run(migrateAll("server"))));
  expect(results.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
  await expectEachOnce();
});

it("lets one runner into an embedded directory and sends the others away", async () => {
  place = await makePlace("embedded");
  const command = [...migrateAll("embedded"), "--format", "json"];
  const results = await Promise.all(Array.from({ length: 4 }, () => place.run(command)));
  const failed = results.filter(({ exitCode }) => exitCode !== 0);
  expect(failed.map((result) => [result.exitCode, errorOf(result).code])).toEqual(
    failed.map(() => [2, "embedded-locked"]),
  );
  expect(failed.length).toBeLessThan(results.length);
  expect((await place.run(migrateAll("embedded"))).exitCode).toBe(0);
  await expectEachOnce();
});
