import { cpSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { open } from "../../src/api/open.ts";
import { findConfig } from "../../src/config/found-config.ts";
import { createTestDatabases } from "../../src/testing/create.ts";
import { type EngineName, makePlace, type Place, sampledEngines } from "../support/place.ts";
import { refusal } from "../support/refusal.ts";

const examples = path.resolve(import.meta.dirname, "../../examples");
const applications = [
  {
    name: "shop",
    keys: ["catalog", "orders", "staff"],
    heads: [4, 5, 3],
    first: [1, 2, 3],
    engines: sampledEngines("server"),
  },
  { name: "blog", keys: ["blog"], heads: [2], first: [1], engines: sampledEngines("embedded") },
];

/** A place with a copy of an example and its databases. */
async function placeOf(name: string, engine: EngineName): Promise<Place> {
  const folder = path.join(examples, name);
  const { databases } = await findConfig(undefined, folder);
  const place = await makePlace(engine, { databases });
  cpSync(folder, place.folder, {
    recursive: true,
    filter: (file) => !file.startsWith(path.join(folder, ".socrates-db")),
  });
  return place;
}

describe.each(
  applications.flatMap((application) => application.engines.map((engine) => ({ ...application, engine }))),
)("examples/$name on $engine", ({ name, keys, heads, first, engine }) => {
  let place: Place;
  beforeAll(async () => {
    place = await placeOf(name, engine);
  });
  afterAll(() => place.dispose());

  const json = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await place.run([...args, "--format", "json", "--quiet"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    return JSON.parse(stdout);
  };
  const headsOf = ({ databases }: { databases: Record<string, { head: number | null }> }) =>
    Object.entries(databases).map(([key, { head }]) => [key, head]);

  it("migrates", async () => {
    expect(headsOf(await json("migrate", "--phase", "0"))).toEqual(keys.map((key, i) => [key, first[i]]));
    expect(headsOf(await json("migrate"))).toEqual(keys.map((key, i) => [key, heads[i]]));
    expect((await json("migrate")).outcome).toBe("up-to-date");
  });
  it("is as documented, and consistent", async () => {
    expect((await json("diff")).findings).toEqual([]);
    expect((await json("verify")).summary).toMatchObject({ errors: 0, warnings: 0 });
  });
  it("reports drift in each database", async () => {
    for (const key of keys) {
      await place.query(key, "CREATE TABLE stray (id int)");
      const { exitCode, stdout } = await place.run(["diff", "--format", "json", "--quiet"]);
      expect(exitCode).toBe(1);
      expect(JSON.parse(stdout).findings).toMatchObject([
        { code: "unexpected", database: key, object: "public.stray" },
      ]);
      await place.query(key, "DROP TABLE stray");
    }
  });
  it("is drawn with the live tables", async () => {
    const drawn = await place.run(["diagram", "--quiet"]);
    const live = await place.run(["diagram", "--source", "live", "--quiet"]);
    expect(drawn.exitCode).toBe(0);
    expect(live.stdout.replaceAll(/^(.*), live$/gm, "$1, phase 1")).toBe(drawn.stdout);
  });
  it("is checked by doctor", async () => {
    const { checks }: { checks: { database?: string; name: string; state: string }[] } = await json("doctor");
    // The pg_dump of this machine may be too old.
    const others = checks.filter(({ name }) => name !== "pg_dump");
    expect(new Set(others.map(({ state }) => state))).toEqual(new Set(["ok"]));
    expect([...new Set(checks.flatMap(({ database }) => database ?? []))]).toEqual(keys);
  });
  it("is open to the library", async () => {
    await using project = await open({ cwd: place.folder, env: place.env });
    expect(headsOf(await project.status())).toEqual(keys.map((key, i) => [key, heads[i]]));
  });
  it("rolls back", async () => {
    expect(headsOf(await json("rollback", "--phase", "0"))).toEqual(keys.map((key, i) => [key, first[i]]));
    expect((await json("diff")).findings).toEqual([]);
    expect(headsOf(await json("rollback", "--to", "0"))).toEqual(keys.map((key) => [key, null]));
  });
});

describe("the databases of a config file", () => {
  let place: Place;
  beforeEach(async () => {
    place = await placeOf("shop", "embedded");
  });
  afterEach(() => place.dispose());
  const configure = (config: object) =>
    writeFileSync(path.join(place.folder, "socrates-db.config.json"), JSON.stringify(config));

  it("have options, and are in help and completion", async () => {
    const help = await place.run(["--help"]);
    expect(help.stdout).toContain("--orders-url <url>");
    expect(help.stdout).toMatch(/ORDERS_URL +connection string of shop_orders/);
    expect(help.stdout).not.toMatch(/auth|specs/i);
    const serving = await place.run(["serve", "--help"]);
    expect(serving.stdout).toContain("--staff-port <port>");
    const completion = await place.run(["completion", "bash"]);
    expect(completion.stdout).toContain(
      '"migrate --database") COMPREPLY=($(compgen -W "catalog orders staff"',
    );
    expect(completion.stdout).not.toMatch(/--auth-url/);
  });

  it("take connection strings by key", async () => {
    const url = "postgres://u@127.0.0.1:1/one";
    expect(
      await refusal(place, ["status", "--url", `orders=${url}`, "--catalog-url", `${url}c`]),
    ).toMatchObject({
      code: "one-url-only",
      text: expect.stringContaining("hint: Set STAFF_URL also"),
    });
    expect(
      (
        await refusal(place, [
          "status",
          ...["catalog", "orders", "staff"].flatMap((key) => ["--url", `${key}=${url}`]),
        ])
      ).code,
    ).toBe("same-database");
    expect((await refusal(place, ["status", "--url", `shop=${url}`])).text).toContain(
      "the keys are: catalog, orders, staff",
    );
    await expect(open({ cwd: place.folder, env: {}, urls: { shop: url } })).rejects.toThrow(
      'a connection string is given for "shop", which is not a database of this project',
    );
  });

  it("are refused with nothing written", async () => {
    configure({ databases: { a: { migrations: "migrations" }, b: { migrations: "./migrations/" } } });
    expect((await refusal(place, ["migrate"])).code).toBe("config-invalid");
    expect((await refusal(place, ["migrate", "--a-url", "x"])).code).toBe("config-invalid");
    configure({ databases: Object.fromEntries([..."abcdefg"].map((key) => [key, { migrations: key }])) });
    expect((await refusal(place, ["migrate"])).code).toBe("config-invalid");
    configure({ builtin: true, databases: { shop: {} } });
    expect((await refusal(place, ["migrate"])).code).toBe("config-invalid");
    expect(readdirSync(place.folder)).not.toContain(".socrates-db");
  });

  it("are named in an error of a document that has another one", async () => {
    configure({ document: "schema.md", databases: { shop_catalog: { migrations: "migrations/catalog" } } });
    await place.run(["migrate"]);
    const { exitCode, stdout } = await place.run(["diff", "--format", "json", "--quiet"]);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout).findings).toContainEqual(
      expect.objectContaining({
        code: "unknown-database",
        message:
          "tables orders, order_items, shipments are documented for shop_orders, which is not a configured database",
        hint: "Correct the heading: the databases are shop_catalog.",
      }),
    );
  });

  it("start under any name that PostgreSQL allows", async () => {
    for (const name of ["Shop of \u00e4pples", "n".repeat(63), 'a "quoted" one']) {
      configure({ databases: { shop: { name, migrations: "migrations/catalog" } } });
      expect((await place.run(["migrate", "--quiet"])).exitCode).toBe(0);
      await using test = await createTestDatabases<"shop">({ cwd: place.folder, env: {} });
      expect(await test.databases.shop.sql`SELECT current_database() AS name`).toEqual([{ name }]);
      rmSync(path.join(place.folder, ".socrates-db"), { recursive: true });
    }
  });

  it("keep the name under which they were created", async () => {
    configure({ databases: { shop: { migrations: "migrations/catalog" } } });
    await place.run(["migrate"]);
    configure({ databases: { shop: { name: "store", migrations: "migrations/catalog" } } });
    expect(await refusal(place, ["status"])).toMatchObject({
      code: "embedded-failed",
      text: expect.stringContaining("The folder was created under another name of the database"),
    });
  });
});
