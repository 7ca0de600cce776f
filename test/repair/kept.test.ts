import { beforeAll, expect, it } from "vitest";
import { planRepair } from "../../src/repair/plan-repair.ts";
import type { Schema } from "../../src/schema/model.ts";
import { withShadow } from "../../src/shadow/open.ts";

const old = `CREATE TYPE mood AS ENUM ('sad');
CREATE TABLE jars (id integer PRIMARY KEY, feeling mood, size integer);
CREATE INDEX jars_size ON jars (size);
CREATE TABLE lids (id integer PRIMARY KEY, jar_id integer REFERENCES jars);
CREATE VIEW sizes AS SELECT size FROM jars;`;

const next = "CREATE TABLE lids (jar_id integer);";

let from: Schema;
let to: Schema;

async function schemaOf(sql: string): Promise<Schema> {
  return withShadow({}, async (shadow) => {
    await shadow.run(sql);
    return shadow.readSchema({ exact: true });
  });
}

beforeAll(async () => {
  [from, to] = [await schemaOf(old), await schemaOf(next)];
});

const reason = "dropping it destroys rows, which needs --allow-drops";

it("leaves tables and columns with all that they need as they are unless drops are allowed", () => {
  const { statements, wanted, left } = planRepair(from, to, { allowDrops: false });
  expect(left).toEqual([
    { key: "table public.jars", reason },
    { key: "column public.lids.id", reason },
  ]);
  expect(statements.map(({ sql }) => sql)).toEqual([
    "DROP VIEW public.sizes",
    "ALTER TABLE public.lids DROP CONSTRAINT lids_jar_id_fkey",
    "ALTER TABLE public.lids DROP CONSTRAINT lids_pkey",
  ]);
  expect(statements.some(({ destroysRows }) => destroysRows)).toBe(false);
  const kept = ["type public.mood", "column public.jars.size", "index public.jars.jars_size"] as const;
  expect(kept.filter((key) => !wanted.objects.has(key))).toEqual([]);
});

it("drops users before what they use where drops are allowed, and marks what destroys rows", () => {
  const { statements, left } = planRepair(from, to, { allowDrops: true });
  expect(left).toEqual([]);
  expect(statements.map(({ sql, destroysRows }) => `${destroysRows ? "! " : ""}${sql}`)).toEqual([
    "DROP VIEW public.sizes",
    "ALTER TABLE public.lids DROP CONSTRAINT lids_jar_id_fkey",
    "ALTER TABLE public.lids DROP CONSTRAINT lids_pkey",
    "! DROP TABLE public.jars",
    "! ALTER TABLE public.lids DROP COLUMN id",
    "DROP TYPE public.mood",
  ]);
});
