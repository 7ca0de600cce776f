import { writeFileSync } from "node:fs";
import path from "node:path";
import postgres from "postgres";
import { inject } from "vitest";
import type { CliResult } from "../support/cli.ts";
import type { Place } from "../support/place.ts";

/** Runs SQL as the superuser of the server. */
export async function admin<Row extends object = { name: string }>(sql: string): Promise<readonly Row[]> {
  const session = postgres(inject("server").url, { max: 1, onnotice: () => {} });
  try {
    return [...(await session.unsafe<Row[]>(sql))];
  } finally {
    await session.end();
  }
}

export async function shadows(): Promise<string[]> {
  const rows = await admin(
    "SELECT datname AS name FROM pg_database WHERE datname LIKE 'socrates_db_shadow_%' ORDER BY 1",
  );
  return rows.map(({ name }) => name);
}

/** The environment that selects the server of the tests for shadows. */
export function shadowOnServer(): Record<string, string> {
  return { SOCRATES_DB_SHADOW_URL: inject("server").url };
}

export function write(place: Place, name: string, sql: string): string {
  writeFileSync(path.join(place.folder, name), sql);
  return name;
}

/** Compares a SQL file with itself, in a shadow. */
export function compare(
  place: Place,
  env: Readonly<Record<string, string>>,
  sql: string,
  ...args: string[]
): Promise<CliResult> {
  const file = write(place, "schema.sql", sql);
  return place.run(["diff", "--from", file, "--to", file, "--database", "auth", ...args], { env });
}
