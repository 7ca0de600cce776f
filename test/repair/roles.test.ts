import { afterAll, beforeAll, expect, it } from "vitest";
import { roleConditions } from "../../src/repair/conditions/of-roles.ts";
import type { Schema } from "../../src/schema/model.ts";
import { withShadow } from "../../src/shadow/open.ts";
import { makePlace, type Place } from "../support/place.ts";

const old = `CREATE TABLE jar (id integer);
CREATE ROLE "in one's kitchen";
GRANT SELECT ON jar TO "in one's kitchen";`;

const next = `${old}
CREATE ROLE "in no ""server""";
CREATE POLICY reading ON jar TO "in no ""server""" USING (true);
GRANT SELECT ON jar TO pg_monitor, PUBLIC;`;

async function schemaOf(sql: string): Promise<Schema> {
  return withShadow({}, async (shadow) => {
    await shadow.run(sql);
    return shadow.readSchema({ privileges: true, owners: true, exact: true });
  });
}

let place: Place;
beforeAll(async () => {
  place = await makePlace("server");
});
afterAll(() => place?.dispose());

it("asks for the roles that only the wanted side names, and stops a script where the server lacks one", async () => {
  const conditions = roleConditions(await schemaOf(old), await schemaOf(next));
  expect(conditions.map(({ message }) => message)).toEqual([
    "role pg_monitor must exist, as table public.jar names it",
    'role "in no ""server""" must exist, as policy public.jar.reading names it',
  ]);
  const [known, unknown] = conditions;
  await place.query("auth", known?.guard ?? "");
  await expect(place.query("auth", unknown?.guard ?? "")).rejects.toThrow(
    'role "in no ""server""" must exist, as policy public.jar.reading names it; offending rows: 1',
  );
});
