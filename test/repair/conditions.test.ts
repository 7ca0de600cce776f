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
];

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
