/** Opens, queries, closes; must then exit by itself. */
import { openEmbedded } from "../../../src/database/embedded/engine.ts";
import { client } from "../helpers.ts";

const [directory = ""] = process.argv.slice(2);
const engine = await openEmbedded({ directory, database: "socrates_auth" });
const sql = client(engine);
const rows = await sql`SELECT current_database() AS name`;
process.stdout.write(`${rows[0]?.["name"]}\n`);
await sql.end({ timeout: 5 });
await engine.close();
