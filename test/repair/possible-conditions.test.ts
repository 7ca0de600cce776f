import { expect, it } from "vitest";
import { withShadow } from "../../src/shadow/open.ts";
import { withPrinter } from "../../src/shadow/printer.ts";
import { proveRepair } from "../../src/shadow/repair-proof.ts";

const table = "CREATE TABLE jars (id integer PRIMARY KEY)";

async function schemaOf(sql: string) {
  return withShadow({}, async (shadow) => {
    await shadow.run(sql);
    return shadow.readSchema({ exact: true });
  });
}

/** The objects of the conditions of the script that changes `jars`. */
async function conditionsOf(change: string): Promise<string[]> {
  const [from, to] = [await schemaOf(table), await schemaOf(`${table}; ${change}`)];
  const proof = await withShadow({}, (one) =>
    withShadow({}, (other) =>
      withPrinter({}, (printer) =>
        proveRepair(from, to, { allowDrops: false }, { from: one, to: other, printer }),
      ),
    ),
  );
  expect(proof.reasons).toEqual([]);
  return proof.plan.conditions.map(({ object }) => object);
}

it.each([
  ["a check that NULL passes", "ALTER TABLE jars ADD size integer CHECK (size > 0)", []],
  ["a check that a default passes", "ALTER TABLE jars ADD size integer DEFAULT 1 CHECK (size > 0)", []],
  ["a unique key of NULL", "ALTER TABLE jars ADD size integer UNIQUE", []],
  ["a reference of NULL", "ALTER TABLE jars ADD jar_id integer REFERENCES jars", []],
  [
    "a check that NULL fails",
    "ALTER TABLE jars ADD size integer CHECK (size IS NOT NULL)",
    ["constraint public.jars.jars_size_check"],
  ],
  [
    "a check that a default fails",
    "ALTER TABLE jars ADD size integer DEFAULT 0, ADD CONSTRAINT positive CHECK (size > 0)",
    ["constraint public.jars.positive"],
  ],
  [
    "a unique key of equal defaults",
    "ALTER TABLE jars ADD size integer DEFAULT 1 UNIQUE",
    ["constraint public.jars.jars_size_key"],
  ],
])("asks about rows only where some row can violate %s", async (_, change, expected) => {
  expect(await conditionsOf(change)).toEqual(expected);
});
