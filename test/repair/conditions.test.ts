import { afterAll, beforeAll, expect, it } from "vitest";
import { refusalOf } from "../../src/repair/conditions/condition.ts";
import { planRepair } from "../../src/repair/plan-repair.ts";
import { openShadow } from "../../src/shadow/open.ts";
import { clear } from "../../src/shadow/rebuild.ts";
import type { Shadow } from "../../src/shadow/shadow.ts";

let shadow: Shadow;
beforeAll(async () => {
  shadow = await openShadow({});
});
afterAll(() => shadow.close());

async function schemaOf(sql: string) {
  await shadow.run("RESET search_path");
  await clear(shadow);
  await shadow.run(sql);
  return shadow.readSchema({ exact: true });
}

const jars = "CREATE TABLE jars (id integer PRIMARY KEY, name text, size integer, span int4range);";
const lids = "CREATE TABLE lids (id integer PRIMARY KEY);";
const days = "CREATE TABLE days (day date NOT NULL) PARTITION BY RANGE (day);";
const colour = "CREATE TYPE colour AS ENUM ('red', 'green', 'blue');";
const positive = "CREATE DOMAIN positive AS integer;";

interface Case {
  readonly what: string;
  readonly old: string;
  readonly next: string;
  /** Rows that the script cannot keep, and rows that it can. */
  readonly bad: string;
  readonly good: string;
}

const cases: readonly Case[] = [
  {
    what: "a new NOT NULL column",
    old: jars,
    next: `${jars} ALTER TABLE jars ADD kind text NOT NULL`,
    bad: "INSERT INTO jars VALUES (1)",
    good: "",
  },
  {
    what: "NOT NULL",
    old: jars,
    next: `${jars} ALTER TABLE jars ALTER name SET NOT NULL`,
    bad: "INSERT INTO jars VALUES (1, NULL)",
    good: "INSERT INTO jars VALUES (1, '')",
  },
  {
    what: "a check",
    old: jars,
    next: `${jars} ALTER TABLE jars ADD CHECK (size > 0)`,
    bad: "INSERT INTO jars VALUES (1, '', 0)",
    good: "INSERT INTO jars VALUES (1, '', NULL), (2, '', 1)",
  },
  {
    what: "a check that fails to evaluate",
    old: jars,
    next: `${jars} ALTER TABLE jars ADD CHECK (10 / size > 1)`,
    bad: "INSERT INTO jars VALUES (1, '', 0)",
    good: "INSERT INTO jars VALUES (1, '', 2)",
  },
  {
    what: "a unique constraint",
    old: jars,
    next: `${jars} ALTER TABLE jars ADD UNIQUE (name, size)`,
    bad: "INSERT INTO jars VALUES (1, 'a', 1), (2, 'a', 1)",
    good: "INSERT INTO jars VALUES (1, 'a', 1), (2, 'a', NULL), (3, 'a', NULL)",
  },
  {
    what: "a unique constraint over NULLs",
    old: jars,
    next: `${jars} ALTER TABLE jars ADD UNIQUE NULLS NOT DISTINCT (name)`,
    bad: "INSERT INTO jars VALUES (1, NULL), (2, NULL)",
    good: "INSERT INTO jars VALUES (1, NULL), (2, 'a')",
  },
  {
    what: "a partial unique index of an expression",
    old: jars,
    next: `${jars} CREATE UNIQUE INDEX one ON jars (lower(name)) WHERE size > 0`,
    bad: "INSERT INTO jars VALUES (1, 'a', 1), (2, 'A', 1)",
    good: "INSERT INTO jars VALUES (1, 'a', 1), (2, 'A', 0)",
  },
  {
    what: "an exclusion constraint",
    old: jars,
    next: `${jars} ALTER TABLE jars ADD EXCLUDE USING gist (span WITH &&)`,
    bad: "INSERT INTO jars VALUES (1, 'a', 1, '[1,5)'), (2, 'a', 1, '[4,6)')",
    good: "INSERT INTO jars VALUES (1, 'a', 1, '[1,5)'), (2, 'a', 1, '[5,6)'); INSERT INTO jars VALUES (3)",
  },
  {
    what: "a foreign key",
    old: jars + lids,
    next: `${jars + lids} ALTER TABLE jars ADD FOREIGN KEY (size) REFERENCES lids`,
    bad: "INSERT INTO jars VALUES (1, 'a', 7)",
    good: "INSERT INTO lids VALUES (7); INSERT INTO jars VALUES (1, 'a', 7); INSERT INTO jars VALUES (2)",
  },
  {
    what: "a foreign key to a new table",
    old: jars,
    next: `${jars + lids} ALTER TABLE jars ADD FOREIGN KEY (size) REFERENCES lids`,
    bad: "INSERT INTO jars VALUES (1, 'a', 7)",
    good: "INSERT INTO jars VALUES (1)",
  },
  {
    what: "a shorter text",
    old: jars,
    next: `${jars} ALTER TABLE jars ALTER name TYPE varchar(3)`,
    bad: "INSERT INTO jars VALUES (1, 'abcd')",
    good: "INSERT INTO jars VALUES (1, 'abc'); INSERT INTO jars VALUES (2)",
  },
  {
    what: "text as integer under a unique key",
    old: `${jars} ALTER TABLE jars ADD UNIQUE (name)`,
    next: "CREATE TABLE jars (id integer PRIMARY KEY, name integer UNIQUE, size integer, span int4range)",
    bad: "INSERT INTO jars VALUES (1, '7'), (2, '07')",
    good: "INSERT INTO jars VALUES (1, '7'); INSERT INTO jars VALUES (2)",
  },
  {
    what: "a smaller number",
    old: jars,
    next: `${jars} ALTER TABLE jars ALTER size TYPE numeric(3,1)`,
    bad: "INSERT INTO jars VALUES (1, 'a', 100)",
    good: "INSERT INTO jars VALUES (1, 'a', 99)",
  },
  {
    what: "an enum without a label",
    old: `${colour} CREATE TABLE jars (c colour, d colour[])`,
    next: "CREATE TYPE colour AS ENUM ('red', 'green'); CREATE TABLE jars (c colour, d colour[])",
    bad: "INSERT INTO jars VALUES ('red', '{red,blue}')",
    good: "INSERT INTO jars VALUES ('red', '{red,NULL}'), (NULL, NULL)",
  },
  {
    what: "text as an enum",
    old: colour + jars,
    next: `${colour + jars} ALTER TABLE jars ALTER name TYPE colour USING name::colour`,
    bad: "INSERT INTO jars VALUES (1, 'pink')",
    good: "INSERT INTO jars VALUES (1, 'red'); INSERT INTO jars VALUES (2)",
  },
  {
    what: "a check of a domain",
    old: `${positive} CREATE TABLE jars (size positive)`,
    next: `${positive} ALTER DOMAIN positive ADD CHECK (VALUE > 0); CREATE TABLE jars (size positive)`,
    bad: "INSERT INTO jars VALUES (0)",
    good: "INSERT INTO jars VALUES (1), (NULL)",
  },
  {
    what: "a partition of the default partition's rows",
    old: `${days} CREATE TABLE rest PARTITION OF days DEFAULT`,
    next: `${days} CREATE TABLE rest PARTITION OF days DEFAULT; CREATE TABLE y PARTITION OF days FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')`,
    bad: "INSERT INTO days VALUES ('2024-12-31')",
    good: "INSERT INTO days VALUES ('2025-01-01')",
  },
  {
    what: "a table that becomes a partition",
    old: `${days} CREATE TABLE y (day date NOT NULL)`,
    next: `${days} CREATE TABLE y (day date NOT NULL); ALTER TABLE days ATTACH PARTITION y FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')`,
    bad: "INSERT INTO y VALUES ('2025-01-01')",
    good: "INSERT INTO y VALUES ('2024-01-01')",
  },
  {
    what: "a generated column",
    old: jars,
    next: `${jars} ALTER TABLE jars ADD half smallint GENERATED ALWAYS AS (size / 2) STORED`,
    bad: "INSERT INTO jars VALUES (1, 'a', 100000)",
    good: "INSERT INTO jars VALUES (1, 'a', 100); INSERT INTO jars VALUES (2)",
  },
  {
    what: "an index of an expression",
    old: jars,
    next: `${jars} CREATE INDEX by_ratio ON jars ((1 / size))`,
    bad: "INSERT INTO jars VALUES (1, 'a', 0)",
    good: "INSERT INTO jars VALUES (1, 'a', 1); INSERT INTO jars VALUES (2)",
  },
  {
    what: "the limits of a sequence",
    old: "CREATE SEQUENCE counter",
    next: "CREATE SEQUENCE counter MAXVALUE 5",
    bad: "SELECT setval('counter', 6)",
    good: "SELECT setval('counter', 5)",
  },
  {
    what: "a check that calls a new function",
    old: jars,
    next: `${jars} CREATE FUNCTION is_big(n integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT n > 10'; ALTER TABLE jars ADD CHECK (is_big(size))`,
    bad: "INSERT INTO jars VALUES (1, 'a', 10)",
    good: "INSERT INTO jars VALUES (1, 'a', 11), (2, 'a', NULL)",
  },
  {
    what: "a check that calls a function with another body",
    old: `${jars} CREATE FUNCTION is_big(n integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT n > 1'`,
    next: `${jars} CREATE FUNCTION is_big(n integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN n > 10; END'; ALTER TABLE jars ADD CHECK (is_big(size))`,
    bad: "INSERT INTO jars VALUES (1, 'a', 10)",
    good: "INSERT INTO jars VALUES (1, 'a', 11)",
  },
  {
    what: "an index of a new function",
    old: jars,
    next: `${jars} CREATE FUNCTION ratio(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1 / n'; CREATE INDEX by_ratio ON jars (ratio(size))`,
    bad: "INSERT INTO jars VALUES (1, 'a', 0)",
    good: "INSERT INTO jars VALUES (1, 'a', 1), (2, 'a', NULL)",
  },
  {
    what: "a generated column that calls a new function",
    old: jars,
    next: `${jars} CREATE FUNCTION ratio(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1 / n'; ALTER TABLE jars ADD r integer GENERATED ALWAYS AS (ratio(size)) STORED`,
    bad: "INSERT INTO jars VALUES (1, 'a', 0)",
    good: "INSERT INTO jars VALUES (1, 'a', 1), (2, 'a', NULL)",
  },
  {
    what: "a domain whose check calls a new function",
    old: `${positive} CREATE TABLE jars (size positive)`,
    next: `CREATE FUNCTION is_big(n integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT n > 10'; ${positive} ALTER DOMAIN positive ADD CHECK (is_big(VALUE)); CREATE TABLE jars (size positive)`,
    bad: "INSERT INTO jars VALUES (10)",
    good: "INSERT INTO jars VALUES (11), (NULL)",
  },
  {
    what: "smaller types of fields",
    old: "CREATE TYPE place AS (street text, number bigint); CREATE TABLE jars (home place)",
    next: "CREATE TYPE place AS (street character varying(4), number integer); CREATE TABLE jars (home place)",
    bad: "INSERT INTO jars VALUES (('High', 2147483648))",
    good: "INSERT INTO jars VALUES (('High', 2147483647)), (NULL), ((NULL, NULL))",
  },
  {
    what: "a materialised view over another one",
    old: "CREATE MATERIALIZED VIEW sizes AS SELECT 1 AS size",
    next: "CREATE MATERIALIZED VIEW sizes AS SELECT 1 AS size; CREATE VIEW few AS SELECT size FROM sizes; CREATE MATERIALIZED VIEW more AS SELECT size FROM few",
    bad: "REFRESH MATERIALIZED VIEW sizes WITH NO DATA",
    good: "",
  },
];

/** A change of a type that PostgreSQL makes without an error, and what becomes of some values. */
const changes: readonly (readonly [before: string, after: string, changed: string | null, kept: string])[] = [
  ["numeric(10,4)", "numeric(10,2)", "1.005", "1.0100"],
  ["numeric", "numeric(10,2)", "1.005", "NaN"],
  ["numeric(10,2)", "integer", "0.50", "7.00"],
  ["numeric(10,0)", "integer", null, "7"],
  ["double precision", "integer", "0.5", "7"],
  ["double precision", "real", "0.1", "0.5"],
  ["bigint", "double precision", "9007199254740993", "9007199254740992"],
  ["integer", "real", "16777217", "16777216"],
  ["integer", "bigint", null, "7"],
  ["integer", "boolean", "7", "1"],
  ["timestamp", "timestamp(3)", "2025-06-01 12:34:56.789012", "2025-06-01 12:34:56.789"],
  ["timestamp", "date", "2025-06-01 12:34:56", "2025-06-01"],
  ["timestamptz", "date", "2025-06-01 12:34:56", "2025-06-01"],
  ["timestamp", "time", "2025-06-01 12:34:56", ""],
  ["time(6)", "time(0)", "12:00:00.4", "12:00:00"],
  ["timetz", "time", "12:00:00+05", "12:00:00+00"],
  ["interval", "interval day", "1 day 02:00", "1 day"],
  ["interval", "interval(0)", "0.4 s", "1 s"],
  ["inet", "cidr", "10.1.2.3/8", "10.0.0.0/8"],
  ["text", "name", "x".repeat(64), "x".repeat(63)],
  ["text", "numeric(10,2)", "1.005", "1.01"],
  ["text", "integer", null, "007"],
  ["numeric(10,4)[]", "numeric(10,2)[]", "{1.0,1.005}", "{1.01,NULL}"],
  ["date", "timestamptz", null, "2025-06-01"],
  ["varchar(9)", "varchar(20)", null, "a"],
];

it.each(changes)("refuses to change values from %s to %s, unless drops are allowed", async (...one) => {
  const [before, after, changed, kept] = one;
  const table = (type: string) => `CREATE TABLE jars (id integer, size ${type})`;
  const [to, from] = [await schemaOf(table(after)), await schemaOf(table(before))];
  await shadow.run("SET TimeZone = 'UTC'");
  const messages = async (value: string, allowDrops: boolean) => {
    const { conditions } = planRepair(from, to, { allowDrops });
    await shadow.run(
      `DELETE FROM jars; INSERT INTO jars VALUES (1, NULLIF('${value}', '')::${before}), (2, NULL)`,
    );
    const found: string[] = [];
    for (const { query, message } of conditions)
      if ((await shadow.run<object>(query)).length > 0) found.push(message);
    return found;
  };
  expect(await messages(kept, false)).toEqual([]);
  if (changed === null) return;
  expect(await messages(changed, false)).toEqual([
    expect.stringMatching(
      /^each value of public\.jars\.size must be .*, unchanged, unless --allow-drops is given$/,
    ),
  ]);
  expect(await messages(changed, true)).toEqual([]);
});

it("refuses to round the fields of values, unless drops are allowed", async () => {
  const sql = (type: string) => `CREATE TYPE place AS (size ${type}); CREATE TABLE jars (home place)`;
  const [to, from] = [await schemaOf(sql("numeric(10,1)")), await schemaOf(sql("numeric(10,2)"))];
  const plans = [false, true].map((allowDrops) => planRepair(from, to, { allowDrops }));
  const [exact, lossy] = plans.map(({ conditions }) => conditions.map(({ message }) => message));
  const message = "each value of public.jars.home must be one of type public.place";
  expect(exact).toEqual([`${message}, unchanged, unless --allow-drops is given`]);
  expect(lossy).toEqual([message]);
  const found: unknown[] = [];
  for (const size of ["0.50", "0.51"]) {
    await shadow.run(`DELETE FROM jars; INSERT INTO jars VALUES (ROW('${size}')), (NULL)`);
    for (const { conditions } of plans)
      for (const { query } of conditions) found.push((await shadow.run<object>(query)).length);
  }
  expect(found).toEqual([0, 0, 1, 0]);
  expect(plans[1]?.statements.map(({ what }) => what)).toContain("round or shorten column public.jars.home");
});

it.each([
  ["numeric(10,2)", "numeric"],
  ["numeric(10,2)", "numeric(12,3)"],
  ["timestamp(3)", "timestamp"],
  ["timestamptz(3)", "timestamptz"],
  ["time(3)", "time"],
  ["varchar(9)", "varchar(20)"],
  ["varchar(9)", "text"],
  ["integer", "bigint"],
  ["varchar(9)[]", "text[]"],
])("has no condition for values of %s that become %s", async (before, after) => {
  const table = (type: string) => `CREATE TABLE jars (id integer, size ${type})`;
  const [to, from] = [await schemaOf(table(after)), await schemaOf(table(before))];
  expect(planRepair(from, to, { allowDrops: false }).conditions).toEqual([]);
});

it("has no condition with a function whose body names what the script creates", async () => {
  const body = "SELECT n > (SELECT count(*) FROM lids)";
  const sql = `CREATE FUNCTION is_big(n integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS '${body}';`;
  const [to, from] = [
    await schemaOf(`${lids} ${sql} ${jars} ALTER TABLE jars ADD CHECK (is_big(size))`),
    await schemaOf(jars),
  ];
  expect(planRepair(from, to, { allowDrops: false }).conditions).toEqual([]);
});

it.each(cases)("stops the script for rows that do not fit $what, and for no others", async (one) => {
  const to = await schemaOf(one.next);
  const from = await schemaOf(one.old);
  const { conditions, statements, settings } = planRepair(from, to, { allowDrops: true });
  const run = async (sqls: readonly string[]) => {
    for (const sql of sqls) {
      const failure = await shadow.run(sql).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      if (failure !== undefined) return failure;
    }
    return undefined;
  };
  const guards = conditions.map(({ guard }) => guard);
  const script = [...settings, ...statements.map(({ sql }) => sql)];

  await shadow.run(`BEGIN; ${one.bad}; SAVEPOINT filled`);
  const stopped = await run(guards);
  expect(conditions.some((condition) => stopped?.startsWith(refusalOf(condition)))).toBe(true);
  await shadow.run("ROLLBACK TO filled");
  expect(await run(script)).toBeDefined();
  await shadow.run("ROLLBACK");

  if (one.good !== "") await shadow.run(one.good);
  for (const { query } of conditions) expect(await shadow.run(query)).toEqual([]);
  await shadow.run("DISCARD TEMP");
  expect(await run([...guards, ...script])).toBeUndefined();
});
