import { afterEach, describe, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";
import { table, writeChains } from "./helpers.ts";

let place: Place;
afterEach(() => place.dispose());

/** Changes the database itself, whatever its name; older servers lack some settings. */
const alter = (what: string) =>
  `DO $$ BEGIN EXECUTE format($sql$ALTER ${what}$sql$, current_database()); EXCEPTION WHEN undefined_object THEN NULL; END $$;`;

describe("limits that end a session while it waits for another database", () => {
  const limits = ["idle_session_timeout", "transaction_timeout", "idle_in_transaction_session_timeout"];
  const each = (perLimit: (name: string) => string) =>
    `DO $$ BEGIN ${limits.map(perLimit).join(" ")} END $$;`;
  const check = each(
    (name) =>
      `IF current_setting('${name}', true) <> '0' THEN RAISE EXCEPTION '${name} is %', current_setting('${name}'); END IF;`,
  );
  const set = (isLocal: boolean) =>
    each(
      (name) =>
        `IF current_setting('${name}', true) IS NOT NULL THEN PERFORM set_config('${name}', '1h', ${isLocal}); END IF;`,
    );

  it.each<[what: string, before: string, script: string]>([
    ["the database", limits.map((name) => alter(`DATABASE %I SET ${name} = '1h'`)).join(" "), check],
    [
      "a role",
      limits.map((name) => alter(`ROLE postgres IN DATABASE %I SET ${name} = '1h'`)).join(" "),
      check,
    ],
    ["the migration before", "", set(false)],
    ["the migration before for its transaction", "", set(true)],
  ])("are off in each migration where %s has set them", async (_, before, script) => {
    place = await makePlace("server");
    await place.query("auth", before);
    writeChains(place, {
      auth: [
        { ...table(1, 0), up: `CREATE TABLE t1 (id int); ${script}` },
        { ...table(3, 0), up: check },
        { ...table(5, 1), up: check },
      ],
      specs: [table(2, 0)],
    });
    expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
  });
});

describe("who has applied a migration", () => {
  const role = `sdb_applied_${process.pid}`;

  it.each<[what: string, args: readonly string[], up: string]>([
    ["a run takes on a role", ["--role", role], ""],
    ["a migration takes on a role", [], `SET ROLE ${role};`],
    ["a migration takes on a role for its transaction", [], `SET LOCAL ROLE ${role};`],
    ["a run takes on a role, and a migration gives it up", ["--role", role], "RESET ROLE;"],
  ])("is who has logged in, where %s", async (_, args, up) => {
    place = await makePlace("server");
    await place.query("auth", `CREATE ROLE ${role}`);
    try {
      for (const key of ["auth", "specs"])
        await place.query(
          key,
          `${alter(`DATABASE %I OWNER TO ${role}`)} GRANT ALL ON SCHEMA public TO ${role}`,
        );
      writeChains(place, { auth: [{ ...table(1, 0), up: `${up} SELECT 1;` }], specs: [table(2, 0)] });
      expect(await place.run(["migrate", ...args])).toMatchObject({ exitCode: 0 });
      const { databases } = JSON.parse((await place.run(["status", "--format", "json"])).stdout);
      for (const key of ["auth", "specs"]) {
        expect(databases[key].migrations).toMatchObject([{ state: "applied", appliedBy: "postgres" }]);
        const history = await place.query(key, "SELECT done_by::text FROM socrates_db.history");
        expect(history).toEqual([{ done_by: "postgres" }]);
      }
    } finally {
      await place.dispose();
      place = await makePlace("server");
      await place.query("auth", `DROP ROLE ${role}`);
    }
  });
});
