import { writeFileSync } from "node:fs";
import path from "node:path";
import { databases } from "../../src/databases.ts";
import { type Aim, atLeast, atMost, type BenchCase, tableOf } from "../case.ts";
import { compare } from "../measure.ts";
import { tool } from "../tool.ts";

const rows = 10_000_000;
const people = 1_000_000;

/** Two tables, and the comment with their reference. */
function documentOf(parents: string, children: string): string {
  const fence = (sql: string) => ["```sql", sql, "```", ""];
  return [
    "# Phase 0",
    `## ${parents} Database`,
    "### Table: people",
    ...fence("CREATE TABLE people (id uuid PRIMARY KEY);"),
    `## ${children} Database`,
    "### Table: visits",
    ...fence(
      `CREATE TABLE visits (id bigint PRIMARY KEY, \n  person uuid NOT NULL -- References people(id) in ${parents}\n);`,
    ),
  ].join("\n");
}

const peopleSql = `CREATE TABLE people (id uuid PRIMARY KEY); INSERT INTO people SELECT md5(n::text)::uuid FROM generate_series(1, ${people}) n`;
const visitsSql = `CREATE TABLE visits (id bigint PRIMARY KEY, person uuid NOT NULL);
INSERT INTO visits SELECT n, md5((1 + n * 7919::bigint % ${people})::text)::uuid FROM generate_series(1, ${rows}) n;
CREATE INDEX ON visits (person)`;

/** Ten million references to rows of the other database, next to an anti-join within one database. */
export const references: BenchCase = {
  name: "references",
  run: async ({ server, folder, say, runs }) => {
    const [first, second] = databases;
    if (first === undefined || second === undefined) return [];
    const [parents, children] = ["bench_people", "bench_visits"];
    say("references: making ten million rows");
    await server.recreate(parents, children);
    await server.run(parents, peopleSql);
    await server.run(children, visitsSql);
    // The same people in the database of the visits, for the anti-join.
    await server.run(children, peopleSql);
    for (const database of [parents, children]) await server.run(database, "VACUUM ANALYZE");
    writeFileSync(path.join(folder, "references.md"), documentOf(first.name, second.name));
    const env = { [first.urlVariable]: server.url(parents), [second.urlVariable]: server.url(children) };
    const antiJoin =
      "SELECT count(*) FROM visits v WHERE NOT EXISTS (SELECT FROM people p WHERE p.id = v.person)";
    say("references: checking");
    const samples = await compare(
      [
        {
          name: "verify references, two databases",
          commands: [
            tool(["verify", "references", "--document", "references.md", "--quiet"], { cwd: folder, env }),
          ],
        },
        {
          name: "anti-join in one database (psql)",
          commands: [
            { argv: [path.join(server.programs, "psql"), "-XqAt", "-c", antiJoin, server.url(children)] },
          ],
        },
      ],
      Math.min(runs, 3),
    );
    const ours = samples.get("verify references, two databases");
    const theirs = samples.get("anti-join in one database (psql)");
    if (ours === undefined || theirs === undefined) return [];
    const aims: Aim[] = [
      atLeast("million references a second", rows / 1000 / ours.wallMs, 1),
      ...(ours.peakMb === undefined ? [] : [atMost("peak MB", ours.peakMb, 200)]),
    ];
    return [
      tableOf("Ten million references to a million rows of the other database", samples, aims, [
        `${(ours.wallMs / theirs.wallMs).toFixed(2)} times the anti-join that needs both tables in one database`,
      ]),
    ];
  },
};
