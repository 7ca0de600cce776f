import type { ReportedTarget } from "../project/reported-target.ts";
import type { SeededDatabase, SeedResult } from "../seed/seed.ts";
import { visible } from "./visible.ts";

function total({ rows }: SeededDatabase): number {
  let sum = 0;
  for (const count of rows.values()) sum += count;
  return sum;
}

/** What was seeded, as the command-line contract has it; `tables` in the order in which they were filled. */
export interface SeedReport {
  readonly schemaVersion: 1;
  readonly outcome: "seeded";
  readonly seed: number;
  readonly users: number;
  readonly firstUser: number;
  /** Rows that a reset removed. */
  readonly removed: number;
  readonly login: { readonly email: string; readonly password: string };
  readonly databases: Readonly<
    Record<
      string,
      {
        readonly target: ReportedTarget["fields"];
        readonly rows: number;
        readonly tables: Readonly<Record<string, number>>;
        readonly left: SeededDatabase["left"];
      }
    >
  >;
}

export function seedReport({ run, removed, login, databases }: SeedResult): SeedReport {
  const body = databases.map((database) => [
    database.key,
    {
      target: database.target.fields,
      rows: total(database),
      tables: Object.fromEntries(database.rows),
      left: database.left,
    },
  ]);
  return {
    schemaVersion: 1,
    outcome: "seeded",
    seed: run.seed,
    users: run.users,
    firstUser: run.first,
    removed,
    login,
    databases: Object.fromEntries(body),
  };
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
