/** Commits one number after the other and prints each acknowledged one, until it is killed. */
import { openEmbedded } from "../../../src/database/embedded/engine.ts";
import { client } from "../helpers.ts";

const [directory = ""] = process.argv.slice(2);
const engine = await openEmbedded({ directory, database: "socrates_auth" });
const sql = client(engine);
await sql`CREATE TABLE IF NOT EXISTS committed (n integer PRIMARY KEY, padding text)`;
const [row] = await sql<{ next: number }[]>`SELECT coalesce(max(n), 0)::integer + 1 AS next FROM committed`;
for (let n = row?.next ?? 1; ; n++) {
  await sql`INSERT INTO committed VALUES (${n}, ${"x".repeat(2000)})`;
  process.stdout.write(`${n}\n`);
}
