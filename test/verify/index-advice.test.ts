import { afterAll, beforeAll, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";
import { writeProject } from "../support/project.ts";

/** A table, the SQL of each case, and the expected advice. */
const table = "CREATE TABLE t (id int PRIMARY KEY, x int, y int, s text, v varchar, c char(5))";
const cases: readonly [what: string, sql: string, advice: readonly string[]][] = [
  ["another direction", "CREATE INDEX a ON t (x, y); CREATE INDEX b ON t (x, y DESC)", []],
  ["another method", "CREATE INDEX a ON t USING hash (x); CREATE INDEX b ON t (x, y)", []],
  ["another order of nulls", "CREATE INDEX a ON t (x, y); CREATE INDEX b ON t (x NULLS FIRST)", []],
  [
    "a direction of the last column only",
    "CREATE INDEX a ON t (x, y DESC); CREATE INDEX b ON t (x)",
    ["redundant-index t.b"],
  ],
  [
    "directions that are written out",
    "CREATE INDEX a ON t (x ASC NULLS LAST); CREATE INDEX b ON t (x)",
    ["duplicate-index t.b"],
  ],
  [
    "both descending",
    "CREATE INDEX a ON t (x DESC, y); CREATE INDEX b ON t (x DESC NULLS FIRST)",
    ["redundant-index t.b"],
  ],
  [
    "a name with dots",
    'CREATE INDEX "a.b" ON t (x, y); CREATE INDEX "b.c" ON t (x)',
    ['redundant-index t."b.c"'],
  ],
  [
    "a foreign key without an index",
    "ALTER TABLE t ADD FOREIGN KEY (x) REFERENCES t",
    ["unindexed-foreign-key t.t_x_fkey"],
  ],
  [
    "an index of the rows that have the key",
    "ALTER TABLE t ADD FOREIGN KEY (x) REFERENCES t; CREATE INDEX a ON t (x) WHERE x IS NOT NULL",
    [],
  ],
  [
    "an index of other rows",
    "ALTER TABLE t ADD FOREIGN KEY (x) REFERENCES t; CREATE INDEX a ON t (x) WHERE y IS NOT NULL",
    ["unindexed-foreign-key t.t_x_fkey"],
  ],
  [
    "a foreign key on the second column of an index",
    "ALTER TABLE t ADD FOREIGN KEY (x) REFERENCES t; CREATE INDEX a ON t (y, x)",
    ["unindexed-foreign-key t.t_x_fkey"],
  ],
  // They serve LIKE, which the index of a constraint does only in the collation C (manual, "Operator Classes").
  [
    "text patterns next to a constraint",
    "ALTER TABLE t ADD UNIQUE (s); CREATE INDEX a ON t (s text_pattern_ops)",
    [],
  ],
  [
    "varchar patterns next to a constraint",
    "ALTER TABLE t ADD UNIQUE (v); CREATE INDEX a ON t (v varchar_pattern_ops)",
    [],
  ],
  [
    "char patterns next to a constraint",
    "ALTER TABLE t ADD UNIQUE (c); CREATE INDEX a ON t (c bpchar_pattern_ops)",
    [],
  ],
  [
    "patterns of the first column of a constraint",
    "ALTER TABLE t ADD UNIQUE (s, x); CREATE INDEX a ON t (s text_pattern_ops)",
    [],
  ],
  [
    "patterns of the second column of a constraint",
    "ALTER TABLE t ADD UNIQUE (x, s); CREATE INDEX a ON t (x, s text_pattern_ops)",
    [],
  ],
  [
    "no patterns next to a constraint",
    "ALTER TABLE t ADD UNIQUE (s); CREATE INDEX a ON t (s)",
    ["duplicate-index t.a"],
  ],
  [
    "no patterns on the first column of a constraint",
    "ALTER TABLE t ADD UNIQUE (v, x); CREATE INDEX a ON t (v)",
    ["redundant-index t.a"],
  ],
  [
    "patterns of two indexes",
    "CREATE INDEX a ON t (s text_pattern_ops, x); CREATE INDEX b ON t (s text_pattern_ops)",
    ["redundant-index t.b"],
  ],
];

/** Each case has a separate schema, so that one run shows them all. */
const schemaOf = (i: number) => `case_${i}`;

let place: Place;
const found = new Map<string, string[]>();
beforeAll(async () => {
  place = await makePlace("embedded");
  const parts = cases.map(
    ([, sql], i) => `CREATE SCHEMA ${schemaOf(i)}; SET search_path = ${schemaOf(i)}; ${table}; ${sql};\n`,
  );
  writeProject(place.folder, { "auth/001_t.sql": `-- socrates-db: phase 0\n${parts.join("")}` });
  expect(await place.run(["migrate", "--quiet"])).toMatchObject({ exitCode: 0 });
  const { stdout } = await place.run(["verify", "indexes", "--database", "auth", "--format", "json"]);
  const { findings }: { findings: { code: string; object: string }[] } = JSON.parse(stdout);
  for (const { code, object } of findings) {
    const schema = object.slice(0, object.indexOf("."));
    const advice = `${code} ${object.slice(schema.length + 1)}`;
    found.set(schema, [...(found.get(schema) ?? []), advice]);
  }
});
afterAll(() => place.dispose());

it.each(cases.map(([what, , advice], i) => [what, schemaOf(i), advice] as const))(
  "advice on indexes: %s",
  (_, schema, advice) => {
    expect(found.get(schema) ?? []).toEqual(advice);
  },
);
