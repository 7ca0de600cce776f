import { describe, expect, it } from "vitest";
import { databasesOf } from "../../src/config/databases-of.ts";
import { databases as defaults } from "../../src/databases.ts";

const of = (databases: Readonly<Record<string, object>> | undefined) =>
  databasesOf({ databases }, "/app", "c.json");

describe("the databases of a config file", () => {
  it("are named by their keys, unless it says otherwise", () => {
    expect(of({ shop: { migrations: "sql" } })).toEqual([
      { key: "shop", name: "shop", urlVariable: "DATABASE_URL_SHOP" },
    ]);
    expect(of({ shop: { name: "shop_live", urlVariable: "SHOP" } })).toEqual([
      { key: "shop", name: "shop_live", urlVariable: "SHOP" },
    ]);
  });
  it("are in the order of their keys, in which runners take locks", () => {
    expect(of({ staff: {}, orders: {}, catalog: {} }).map(({ key }) => key)).toEqual([
      "catalog",
      "orders",
      "staff",
    ]);
  });
  it("are the default ones if it names none", () => expect(of(undefined)).toEqual(defaults));
});

describe("a config file that was written for the default databases", () => {
  const names = (databases: Readonly<Record<string, object>>) => of(databases).map(({ name }) => name);
  it("keeps their names and variables", () =>
    expect(of({ specs: { migrations: "b" }, auth: { migrations: "a" } })).toEqual(
      defaults.map(({ key, name, urlVariable }) => ({ key, name, urlVariable })),
    ));
  it("has both if it only says where one of them is", () =>
    expect(names({ auth: { url: "postgresql:///a" } })).toEqual(["socrates_auth", "socrates_specs"]));
  it("has the ones with migrations only", () =>
    expect(names({ auth: { migrations: "sql" } })).toEqual(["socrates_auth"]));
  it("is one of another application as soon as it names another database", () =>
    expect(names({ auth: { migrations: "a" }, shop: { migrations: "b" } })).toEqual(["auth", "shop"]));
});

describe("two databases cannot share", () => {
  it.each([
    ["name", { a: { name: "x" }, b: { name: "x" } }],
    ["urlVariable", { a: { urlVariable: "X" }, b: { urlVariable: "X" } }],
    ["urlVariable", { a: { urlVariable: "DATABASE_URL_B" }, b: {} }],
    ["url", { a: { url: "postgresql:///x" }, b: { url: "postgresql:///x" } }],
    ["migrations", { a: { migrations: "sql" }, b: { migrations: "./x/../sql" } }],
  ])("%s: %j", (key, databases) =>
    expect(() => of(databases)).toThrow(
      expect.objectContaining({
        code: "config-invalid",
        message: `c.json: "databases.a.${key}" and "databases.b.${key}" are the same`,
        hint: `Give each database its own ${key}: two databases cannot share one.`,
      }),
    ),
  );
  it("a name with another one's key", () =>
    expect(() => of({ a: { name: "c" }, b: { name: "a" } })).toThrow(
      'c.json: "databases.b.name" is "a", which is the key of another database',
    ));
});
