import { cpSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, inject, it } from "vitest";
import { keys, keysOf, ledgers, migrateAll, table, writeChains } from "../runner/helpers.ts";
import { another } from "../support/application.ts";
import { type Cluster, makeCluster } from "../support/lanes/cluster.ts";
import { npmPrograms } from "../support/lanes/local.ts";
import { lastPhase, makePlace, type Place } from "../support/place.ts";
import {
  expectAgreement,
  expectFailure,
  expectRecovery,
  expectRefused,
  ownChains,
  tableChains,
} from "./support/invariants.ts";
import { mostEngines, withUrls, withUser } from "./support/machine.ts";

let place: Place;
let cluster: Cluster | undefined;
const roles: string[] = [];
afterEach(async () => {
  for (const role of roles.splice(0)) {
    for (const key of keysOf(place)) await place.query(key, `DROP OWNED BY ${role} CASCADE`);
    await place.query("auth", `DROP ROLE ${role}`);
  }
  await place.dispose();
  await cluster?.remove();
  cluster = undefined;
});

const chains = { auth: [table(1, 0), table(3, 1)], specs: [table(2, 0), table(4, 1)] };

/** A role that owns nothing and has the granted privileges in each database; `<db>` and `<role>` are filled in. */
async function role(...grants: string[]): Promise<Record<string, string>> {
  const name = `sdb_rights_${process.pid}_${roles.length}`;
  await place.query("auth", `CREATE ROLE ${name} LOGIN PASSWORD 'canary'`);
  roles.push(name);
  for (const key of keysOf(place)) {
    const [row] = await place.query<{ name: string }>(key, "SELECT current_database() AS name");
    for (const grant of grants)
      await place.query(key, grant.replaceAll("<role>", name).replaceAll("<db>", row?.name ?? ""));
  }
  return withUser(place.env, name, "canary");
}

const all = ["GRANT ALL ON DATABASE <db> TO <role>", "GRANT ALL ON SCHEMA public TO <role>"];

describe("settings of a role (fault 14)", () => {
  it("timeouts of statements, transactions and sessions have no effect", async () => {
    place = await makePlace("server");
    // One session works for longer than each of them, while the other one waits for it.
    const long = { ...table(3, 1), up: "CREATE TABLE t3 (id int); SELECT pg_sleep(3.5);" };
    writeChains(place, { auth: [table(1, 0), long], specs: [table(2, 0), table(4, 1), table(6, 2)] });
    const env = await role(
      ...all,
      "ALTER ROLE <role> SET statement_timeout = '300ms'",
      "ALTER ROLE <role> SET idle_in_transaction_session_timeout = '1ms'",
      ...(inject("server").version >= 140000 ? ["ALTER ROLE <role> SET idle_session_timeout = '3s'"] : []),
      ...(inject("server").version >= 170000 ? ["ALTER ROLE <role> SET transaction_timeout = '3s'"] : []),
    );
    const { exitCode, stderr } = await place.run(["migrate"], { env });
    expect(exitCode, stderr).toBe(0);
    const truth = tableChains({ ...chains, specs: [table(2, 0), table(4, 1), table(6, 2)] });
    expect(await expectAgreement(place, truth)).toEqual(truth.whole);
  });

  it("read-only is refused on both, whichever of them it is", async () => {
    place = await makePlace("server");
    writeChains(place, chains);
    const readOnly = await role(...all, "ALTER ROLE <role> SET default_transaction_read_only = on");
    for (const variable of Object.keys(place.env)) {
      const env = { [variable]: readOnly[variable] ?? "" };
      expect((await expectRefused(place, ["migrate"], { env })).code).toBe("read-only");
    }
    expect((await expectRefused(place, ["migrate"], { env: readOnly })).code).toBe("read-only");
    await expectRecovery(place, tableChains(chains));
  });
});

describe("one of two databases (fault 17)", () => {
  it.each([...new Set(["DATABASE_URL_AUTH", another.urlVariable])])(
    "down: nothing happens on the other (%s)",
    async (down) => {
      place = await makePlace("server");
      writeChains(place, chains);
      const env = withUrls(place.env, (url, variable) => {
        if (variable === down) url.port = "1";
      });
      expect((await expectRefused(place, ["migrate"], { env })).code).toBe("connection-failed");
      expect((await place.run(["migrate"])).exitCode).toBe(0);
      expect((await expectRefused(place, ["rollback", "--to", "0"], { env })).code).toBe("connection-failed");
    },
  );

  it.for(mostEngines)(
    "fails at 011, in phase 5: the other is complete to the end of that phase (%s)",
    async (engine, { skip }) => {
      place = await makePlace(engine);
      skip(lastPhase(engine) < 6, "the server of the tests has no pgvector");
      cpSync("migrations", path.join(place.folder, "migrations"), { recursive: true });
      const [name = ""] = readdirSync("migrations/specs").filter((file) =>
        /^011_.*(?<!down)\.sql$/.test(file),
      );
      const sound = path.join(place.folder, "migrations/specs", name);
      writeFileSync(sound, "-- socrates-db: phase 5\nCREATE TABLE half (id int); SELECT 1 / 0;\n");
      const configuration = Object.fromEntries(keys.map((key) => [key, { migrations: `migrations/${key}` }]));
      writeFileSync(
        path.join(place.folder, "socrates-db.config.json"),
        JSON.stringify({ databases: configuration }),
      );
      const result = await place.run(["migrate", "--format", "json"]);
      expect(expectFailure(result).code).toBe("migration-failed");
      expect(await expectAgreement(place, ownChains(engine))).toEqual({
        auth: [1, 4, 6],
        specs: [2, 3, 5, 7, 8, 9, 10],
      });
      cpSync(path.join("migrations/specs", name), sound);
      await expectRecovery(place, ownChains(engine), migrateAll(engine));
    },
  );
});

describe("pgvector (fault 18)", () => {
  it("that a server does not have is reported before anything runs", async () => {
    // The PostgreSQL that npm brings has no pgvector.
    cluster = await makeCluster(await npmPrograms());
    await cluster.start();
    place = await makePlace("server", { server: cluster.url });
    const { code, text } = await expectRefused(place);
    expect(code).toBe("extension-missing");
    expect(text).toContain("pgvector");
    expect((await expectRefused(place, ["migrate", "--phase", "5"])).code).toBe("extension-missing");
    expect((await place.run(["migrate", "--phase", "4"])).exitCode).toBe(0);
    expect((await expectRefused(place)).code).toBe("extension-missing");
  });

  it("that a role may not create is refused beforehand, and used if a superuser has installed it", async ({
    skip,
  }) => {
    skip(!inject("server").hasVector, "the server of the tests has no pgvector");
    place = await makePlace("server");
    const env = await role(...all);
    expect(await place.run(["migrate", "--phase", "4"], { env })).toMatchObject({ exitCode: 0 });
    const [owner = ""] = roles;
    const [row] = await place.query<{ name: string }>("specs", "SELECT current_database() AS name");
    await place.query("specs", `REVOKE ALL ON DATABASE ${row?.name} FROM ${owner}`);
    const { code, text } = await expectRefused(place, ["migrate"], { env });
    expect(code).toBe("privilege-missing");
    expect(text).toContain("hint: As a superuser, run in that database: CREATE EXTENSION vector");
    await place.query("specs", "CREATE EXTENSION vector");
    expect(await place.run(["migrate"], { env })).toMatchObject({ exitCode: 0 });
    expect(await ledgers(place)).toEqual(ownChains("server").whole);
  });
});

describe("a role without privileges (fault 19)", () => {
  it.each([
    ["on anything", []],
    ["to create in the database", ["GRANT ALL ON SCHEMA public TO <role>"]],
    [
      "to create in the schema",
      ["GRANT ALL ON DATABASE <db> TO <role>", "REVOKE CREATE ON SCHEMA public FROM PUBLIC"],
    ],
  ])("%s", async (_, grants) => {
    place = await makePlace("server");
    writeChains(place, chains);
    const env = await role(...grants);
    expect((await expectRefused(place, ["migrate"], { env })).code).toBe("privilege-missing");
    await expectRecovery(place, tableChains(chains));
  });

  it.each([
    ["to see the ledger", []],
    ["to read the ledger", ["GRANT USAGE ON SCHEMA socrates_db TO <role>"]],
    [
      "to write the ledger",
      [
        "GRANT USAGE ON SCHEMA socrates_db TO <role>",
        "GRANT SELECT ON ALL TABLES IN SCHEMA socrates_db TO <role>",
      ],
    ],
    [
      "to write the history",
      [
        "GRANT USAGE ON SCHEMA socrates_db TO <role>",
        "GRANT SELECT ON ALL TABLES IN SCHEMA socrates_db TO <role>",
        "GRANT ALL ON socrates_db.migrations TO <role>",
      ],
    ],
  ])("%s", async (_, grants) => {
    place = await makePlace("server");
    writeChains(place, chains);
    expect((await place.run(["migrate", "--phase", "0"])).exitCode).toBe(0);
    const env = await role(...all, ...grants);
    expect((await expectRefused(place, ["migrate"], { env })).code).toBe("privilege-missing");
    await expectRecovery(place, tableChains(chains));
  });

  it("is refused by another role's table, and the migration is rolled back", async () => {
    place = await makePlace("server");
    const alter = { ...table(3, 1), up: "CREATE TABLE t3 (id int); ALTER TABLE t1 ADD COLUMN x int;" };
    writeChains(place, { ...chains, auth: [table(1, 0), alter] });
    expect((await place.run(["migrate", "--phase", "0"])).exitCode).toBe(0);
    const env = await role(
      ...all,
      "GRANT USAGE ON SCHEMA socrates_db TO <role>",
      "GRANT ALL ON ALL TABLES IN SCHEMA socrates_db TO <role>",
    );
    const { code, text } = await expectRefused(place, ["migrate", "--database", "auth"], { env });
    expect(code).toBe("privilege-missing");
    expect(text).toContain("must be owner of table t1");
  });
});
