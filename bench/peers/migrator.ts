import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Command } from "../measure.ts";

/** Another tool that applies a folder of migrations to one database. */
export interface Migrator {
  readonly name: string;
  /** Writes migrations in its format to a folder. */
  write(folder: string, migrations: readonly PlainMigration[]): void;
  up(folder: string, url: string): Command;
  status(folder: string, url: string): Command;
}

/** A migration in a common form. */
export interface PlainMigration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

function stamp(number: number): string {
  return String(20_250_101_000_000 + number);
}

/** Writes a file for each migration, whose name begins with a timestamp. */
export function writeFiles(
  folder: string,
  migrations: readonly PlainMigration[],
  text: (sql: string) => string,
): void {
  mkdirSync(folder, { recursive: true });
  for (const { number, name, sql } of migrations)
    writeFileSync(path.join(folder, `${stamp(number)}_${name}.sql`), text(sql));
}
