import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parseConfigFile } from "../../src/config/config-file.ts";
import { parseDuration } from "../../src/config/duration.ts";
import { configJsonSchema } from "../../src/config/json-schema.ts";

const refusal = (message: string, hint: string) =>
  expect.objectContaining({ code: "config-invalid", message, hint });
const see = "See docs/config.schema.json for the keys and their values.";

describe("the config file", () => {
  it("may be empty, and may have every key", () => {
    expect(parseConfigFile("{}", "c.json")).toEqual({});
    const whole = {
      $schema: "node_modules/socrates-db/docs/config.schema.json",
      dataDir: "data",
      databases: { auth: { url: "postgresql:///a" }, specs: { migrations: "sql" } },
      lockTimeout: "5s",
      lockWait: 60_000,
      statementTimeout: "0",
      retries: 0,
    };
    expect(parseConfigFile(JSON.stringify(whole), "c.json")).toEqual(whole);
  });
  it.each([
    ['{ "lockwait": "5s" }', 'c.json: unknown key "lockwait"', 'Did you mean "lockWait"?'],
    ['{ "$shcema": "x" }', 'c.json: unknown key "$shcema"', 'Did you mean "$schema"?'],
    [
      '{ "databases": { "auth": { "uri": "x" } } }',
      'c.json: unknown key "databases.auth.uri"',
      'Did you mean "url"?',
    ],
    [
      '{ "databases": { "shop": { "nam": "x" } } }',
      'c.json: unknown key "databases.shop.nam"',
      'Did you mean "name"?',
    ],
    ['{ "databases": {} }', 'c.json: "databases" must name at least one database', see],
    [
      `{ "databases": { ${[..."abcdefg"].map((key) => `"${key}": {}`).join(", ")} } }`,
      'c.json: "databases" must name at most 6 databases',
      see,
    ],
    ...["", "Shop", "my-shop", "1shop", "sh op", "no", "constructor", "a".repeat(64)].map(
      (key): [string, string, string] => [
        `{ "databases": { "${key}": {} } }`,
        `c.json: "databases.${key}" is not a valid key: use a to z, digits and underscores, a letter first, at most 63; not constructor or no`,
        see,
      ],
    ),
    ...["", "-x", "a\\u0007"].map((name): [string, string, string] => [
      `{ "databases": { "shop": { "name": "${name}" } } }`,
      'c.json: "databases.shop.name" must not be empty, begin with a hyphen or have control characters',
      see,
    ]),
    [
      `{ "databases": { "shop": { "name": "${"\u00e9".repeat(32)}" } } }`,
      'c.json: "databases.shop.name" must have at most 63 bytes, as PostgreSQL keeps no more',
      see,
    ],
    [
      '{ "databases": { "shop": { "urlVariable": "SHOP URL" } } }',
      'c.json: "databases.shop.urlVariable" must be the name of an environment variable',
      see,
    ],
    ['{ "retries": -1 }', 'c.json: "retries" must be at least 0', see],
    ['{ "retries": 1001 }', 'c.json: "retries" must be at most 1000', see],
    ['{ "dataDir": ["x"] }', 'c.json: "dataDir" must be of type string, not array', see],
    ['{ "retries": 1.5 }', 'c.json: "retries" must be of type int, not number', see],
    ['{ "databases": null }', 'c.json: "databases" must be of type object, not null', see],
    [
      '{ "lockWait": "5 parsecs" }',
      'c.json: "lockWait" is not a duration; use for example 5s, or a number of milliseconds',
      see,
    ],
    [
      '{ "lockWait": true }',
      'c.json: "lockWait" is not a duration; use for example 5s, or a number of milliseconds',
      see,
    ],
    ["null", "c.json: the file must be of type object, not null", see],
  ])("%s is refused", (text, message, hint) => {
    expect(() => parseConfigFile(text, "c.json")).toThrow(refusal(message, hint));
  });
  it("reports the place of a syntax error, if the engine has it", () => {
    const text = '{\n  "retries": 1\n  "lockWait": 2\n}';
    expect(() => parseConfigFile(text, "c.json")).toThrow(/^c\.json:3:3 is not valid JSON$/);
    expect(() => parseConfigFile(`\ufeff${text.replace("\n", "")}`, "c.json")).toThrow(/^c\.json:2:3 /);
  });
});

describe("a duration", () => {
  it.each([
    ["0", 0],
    ["250", 250],
    ["500ms", 500],
    ["5s", 5_000],
    ["1.5 s", 1_500],
    ["2min", 120_000],
    ["2m", 120_000],
    ["1h", 3_600_000],
    ["2147483647", 2_147_483_647],
  ])("%s", (text, milliseconds) => {
    expect(parseDuration(text, "--t")).toBe(milliseconds);
  });
  it.each(["", "s", "-1", "5x", "1d", "five", "5 s s", "1e3", "2147483648", "999999999h", "Infinity"])(
    "not %j",
    (text) => {
      expect(() => parseDuration(text, "--t")).toThrow(
        expect.objectContaining({ code: "usage", message: `--t "${text}" is not a duration` }),
      );
    },
  );
});

it("the published JSON schema is the one that is checked (npm run docs writes it)", () => {
  const file = path.resolve(import.meta.dirname, "../../docs/config.schema.json");
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
});
