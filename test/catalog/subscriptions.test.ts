import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { readSchema } from "../../src/catalog/read.ts";
import type { Session } from "../../src/database/session.ts";
import { compareSchemas } from "../../src/diff/compare.ts";
import type { Schema } from "../../src/schema/model.ts";
import { makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";

/** On a server only: the embedded engine has no library for them. They must be dropped before their database. */
describe("subscriptions", () => {
  const { version } = inject("server");
  const name = `sdb_news_${process.pid}`;
  const other = `sdb_other_${process.pid}`;
  const create = (subscription: string) =>
    `CREATE SUBSCRIPTION ${subscription} CONNECTION 'host=far user=a password=canary' PUBLICATION first, second WITH (connect = false, slot_name = NONE, create_slot = false, enabled = false)`;
  let place: Place;
  let session: Session;
  let before: Schema;
  beforeAll(async () => {
    place = await makePlace("server");
    session = await connectTo(place, "auth");
    await session.run("SET client_min_messages = error");
    await session.run(create(name));
    before = await readSchema(session);
  });
  afterAll(async () => {
    for (const one of [name, other]) await session.run(`DROP SUBSCRIPTION IF EXISTS ${one}`);
    await session.close();
    await place.dispose();
  });

  const set = (option: string) => `ALTER SUBSCRIPTION ${name} SET (${option})`;
  const changes: readonly (readonly [attribute: string, change: string, undo: string, since: number])[] = [
    [
      "publications",
      `ALTER SUBSCRIPTION ${name} SET PUBLICATION first WITH (refresh = false)`,
      `ALTER SUBSCRIPTION ${name} SET PUBLICATION first, second WITH (refresh = false)`,
      13,
    ],
    ["slot", set("slot_name = spare"), set("slot_name = NONE"), 13],
    ["synchronousCommit", set("synchronous_commit = local"), set("synchronous_commit = off"), 15],
    ["comment", `COMMENT ON SUBSCRIPTION ${name} IS 'news'`, `COMMENT ON SUBSCRIPTION ${name} IS NULL`, 13],
    ["binary", set("binary = true"), set("binary = false"), 14],
    ["disableOnError", set("disable_on_error = true"), set("disable_on_error = false"), 15],
    ["passwordRequired", set("password_required = false"), set("password_required = true"), 16],
    ["runAsOwner", set("run_as_owner = true"), set("run_as_owner = false"), 16],
    ["origin", set("origin = none"), set("origin = any"), 16],
  ];
  it.each(changes.filter(([, , , since]) => version >= since * 10_000))(
    "differ in %s",
    async (attribute, change, undo) => {
      await session.run(change);
      const after = await readSchema(session);
      await session.run(undo);
      for (const found of [compareSchemas(before, after), compareSchemas(after, before)])
        expect(found).toMatchObject([
          { code: "changed", object: { kind: "subscription", name }, attributes: [{ name: attribute }] },
        ]);
      expect(compareSchemas(before, await readSchema(session))).toEqual([]);
    },
  );

  it("are missing and unexpected, and never show their connection string", async () => {
    await session.run(create(other));
    const after = await readSchema(session);
    expect(compareSchemas(before, after)).toMatchObject([
      { code: "unexpected", object: { kind: "subscription", name: other } },
    ]);
    expect(compareSchemas(after, before)).toMatchObject([
      { code: "missing", object: { kind: "subscription", name: other } },
    ]);
    expect(JSON.stringify([...after.objects])).not.toContain("canary");
  });

  it("are read by any user", async () => {
    const role = `sdb_reader_${process.pid}`;
    await session.run(`CREATE ROLE ${role}; SET ROLE ${role}`);
    const seen = await readSchema(session, { owners: true, settings: true });
    await session.run(`RESET ROLE; DROP ROLE ${role}`);
    const key = `subscription ${name}` as const;
    const { owner, ...attributes } = seen.objects.get(key)?.attributes ?? {};
    expect(attributes).toEqual(before.objects.get(key)?.attributes);
    expect(owner).toBe("postgres");
  });
});
