import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";
import { writeProject } from "../support/project.ts";

const says = {
  live: /changed by hand/,
  document: /document is stale/,
  all: /all differ/,
};

/** Columns in the document, the migrations and the database, and which of them the hint must blame. */
const columns: readonly [
  name: string,
  document: string,
  migrations: string,
  live: string,
  blame: keyof typeof says,
][] = [
  ["type_by_hand", "varchar(10)", "varchar(10)", "varchar(20)", "live"],
  ["type_stale", "varchar(10)", "varchar(20)", "varchar(20)", "document"],
  ["type_of_three", "varchar(10)", "varchar(20)", "varchar(30)", "all"],
  ["default_of_three", "int DEFAULT 1", "int DEFAULT 2", "int DEFAULT 3", "all"],
  ["default_forgotten", "int DEFAULT 1", "int", "int DEFAULT 3", "all"],
  // Each of the two attributes is right on a different side.
  ["half_each", "varchar(10) DEFAULT 'a'", "varchar(10) DEFAULT 'b'", "varchar(20) DEFAULT 'b'", "all"],
  ["dropped", "int", "int", "", "live"],
  ["added", "", "", "int", "live"],
  ["never_written", "int", "", "", "document"],
  ["never_documented", "", "int", "int", "document"],
  ["only_in_the_database_another", "int", "", "bigint", "all"],
];

const table = (side: 1 | 2 | 3) =>
  `CREATE TABLE t (id int PRIMARY KEY${columns.map((column) => (column[side] === "" ? "" : `, ${column[0]} ${column[side]}`)).join("")});`;

let place: Place;
let hints: ReadonlyMap<string, string>;
beforeAll(async () => {
  place = await makePlace("server");
  writeProject(
    place.folder,
    { "auth/001_t.sql": `-- socrates-db: phase 0\n${table(2)}\n` },
    { document: "schema.md" },
  );
  const document = `# Phase 0\n## socrates_auth database\n### Table: t\n\`\`\`sql\n${table(1)}\n\`\`\`\n`;
  writeFileSync(path.join(place.folder, "schema.md"), document);
  expect(await place.run(["migrate", "--quiet"])).toMatchObject({ exitCode: 0 });
  await place.query("auth", `DROP TABLE t; ${table(3)}`);
  const { stdout } = await place.run(["diff", "--database", "auth", "--format", "json", "--quiet"]);
  const { findings }: { findings: { object: string; hint: string }[] } = JSON.parse(stdout);
  hints = new Map(findings.map(({ object, hint }) => [object, hint]));
});
afterAll(() => place.dispose());

it.each(columns)(
  "%s: document %j, migrations %j, database %j: the hint blames %s",
  (name, _, __, ___, blame) => {
    expect(hints.get(`public.t.${name}`)).toMatch(says[blame]);
  },
);

it("nothing else is a finding", () => {
  expect(hints.size).toBe(columns.length);
});
