import { afterAll, expect, it } from "vitest";
import { tooNewFor, versionFacts } from "../../src/repair/version-facts.ts";
import { makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";

let place: Place | undefined;
afterAll(() => place?.dispose());

it("says what the server of the tests refuses, and accepts what it runs", async () => {
  place = await makePlace("server");
  const session = await connectTo(place, "auth");
  await session.run("CREATE TABLE jar (id integer, name text, other text, spare integer)");
  const [server] = await session.run<{ version: number }>(
    "SELECT current_setting('server_version_num')::int AS version",
  );
  const version = server?.version ?? 0;
  const ran: string[] = [];
  for (const { what, example } of versionFacts)
    await session.run(example).then(
      () => ran.push(what),
      () => {},
    );
  await session.close();
  const accepted = versionFacts.filter(({ example }) => tooNewFor(example, version) === undefined);
  expect(ran).toEqual(accepted.map(({ what }) => what));
  // Each pattern matches its example.
  expect(versionFacts.filter(({ example }) => tooNewFor(example, 130000) === undefined)).toEqual([]);
});
