// Umzug and postgres.js as in their documentation: no lock, no checksums, separate migration and ledger row.
import { readFileSync } from "node:fs";
import postgres from "postgres";
import { Umzug } from "umzug";

const [command, folder, url] = process.argv.slice(2);
const sql = postgres(url, { max: 1, onnotice: () => {} });
const umzug = new Umzug({
  migrations: {
    glob: `${folder}/*.sql`,
    resolve: ({ name, path }) => ({ name, up: () => sql.unsafe(readFileSync(path, "utf8")) }),
  },
  context: { sql },
  storage: {
    executed: async () => {
      await sql`CREATE TABLE IF NOT EXISTS executed (name text PRIMARY KEY)`;
      return (await sql`SELECT name FROM executed ORDER BY name`).map(({ name }) => name);
    },
    logMigration: ({ name }) => sql`INSERT INTO executed VALUES (${name})`,
    unlogMigration: ({ name }) => sql`DELETE FROM executed WHERE name = ${name}`,
  },
  logger: undefined,
});
if (command === "up") await umzug.up();
else await umzug.pending();
await sql.end();
