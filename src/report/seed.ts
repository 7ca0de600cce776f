import type { SeededDatabase, SeedResult } from "../seed/seed.ts";
import { visible } from "./visible.ts";

function total({ rows }: SeededDatabase): number {
  let sum = 0;
  for (const count of rows.values()) sum += count;
  return sum;
}

/** `databases` has the rows of each table in the order in which they were filled, and the tables that stay empty. */
export function seedJson({ run, removed, login, databases }: SeedResult): string {
  const byKey = Object.fromEntries(
    databases.map((database) => [
      database.key,
      {
        target: database.target.fields,
        rows: total(database),
        tables: Object.fromEntries(database.rows),
        left: database.left,
      },
    ]),
  );
  const json = {
    schemaVersion: 1,
    outcome: "seeded",
    seed: run.seed,
    users: run.users,
    firstUser: run.first,
    removed,
    login,
    databases: byKey,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** One line for each database, the tables that stay empty, and a login. */
export function seedText({ removed, login, databases }: SeedResult): string {
  const width = Math.max(...databases.map(({ key }) => key.length));
  const lines = removed > 0 ? [`deleted ${removed} rows`] : [];
  for (const database of databases) {
    const label = database.key.padEnd(width);
    lines.push(
      `${label}  ${total(database)} rows in ${database.rows.size} tables (${visible(database.target.label)})`,
    );
    for (const { table, reason } of database.left)
      lines.push(visible(`${label}  ${table} stays empty: ${reason}`));
  }
  lines.push(`every user's password is ${login.password}; for example, log in as ${login.email}`);
  return `${lines.join("\n")}\n`;
}
