import { cpSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { type EngineName, makePlace, type Place } from "../support/place.ts";
import { folder } from "./repository.ts";

/** A query for one value, and the values that it may give. */
interface Fact {
  readonly query: string;
  readonly value: string;
  /** From PostgreSQL 16 on. */
  readonly since16: string | undefined;
  /** After PostgreSQL has printed and read an expression once. */
  readonly reprinted: string | undefined;
}

/** A whole database, with facts that must hold on every copy of it. */
export interface ExistingDatabase {
  readonly name: string;
  readonly sql: string;
  readonly extensions: readonly string[];
  readonly facts: readonly Fact[];
}

const fixtures = path.resolve(import.meta.dirname, "../fixtures/init/schemas");

function factsIn(text: string): Fact[] {
  return text
    .split(/^--\? /m)
    .slice(1)
    .map((part) => {
      const [query = "", ...lines] = part.split("\n");
      const after = (mark: string) => lines.find((line) => line.startsWith(mark))?.slice(mark.length);
      return { query, value: after("--= ") ?? "", since16: after("--16 "), reprinted: after("--~ ") };
    });
}

function headerOf(text: string, name: string): string {
  return new RegExp(`^-- ${name}: (.*)$`, "m").exec(text)?.[1] ?? "";
}

function readFixture(file: string): ExistingDatabase {
  const sql = readFileSync(path.join(fixtures, file), "utf8");
  const extensions = headerOf(sql, "extensions");
  const changes = headerOf(sql, "roundtrip").includes("the meaning changes");
  return {
    name: path.basename(file, ".sql"),
    sql,
    extensions: extensions === "none" ? [] : extensions.split(", "),
    // Where a reload is the fault to avoid, only the first value is right.
    facts: factsIn(sql).map((fact) => (changes ? { ...fact, reprinted: undefined } : fact)),
  };
}

export const existingDatabases: readonly ExistingDatabase[] = readdirSync(fixtures).sort().map(readFixture);

const databases = [{ key: "shop", name: "shop", urlVariable: "DATABASE_URL_SHOP" }];

async function column(place: Place, sql: string): Promise<string | undefined> {
  const [row] = await place.query<Record<string, unknown>>("shop", sql);
  const [value] = Object.values(row ?? {});
  if (typeof value === "boolean") return value ? "t" : "f";
  return value === null || value === undefined ? "" : String(value);
}

/** The queries whose value on a database differs from the expected one. */
async function falseFacts(place: Place, { facts }: ExistingDatabase): Promise<string[]> {
  const version = Number(await column(place, "SELECT current_setting('server_version_num')"));
  const failed: string[] = [];
  for (const { query, value, since16, reprinted } of facts) {
    const wanted = [version >= 160000 ? (since16 ?? value) : value, reprinted];
    const actual = await column(place, `SET search_path = ''; ${query}`).catch(
      (error: Error) => error.message,
    );
    if (!wanted.includes(actual)) failed.push(query);
  }
  return failed;
}

/** Runs a command that must find nothing. */
async function clean(place: Place, args: readonly string[], cwd = folder): Promise<void> {
  const { exitCode, stdout, stderr } = await place.run(args, { cwd });
  const shown = args.filter((arg) => !arg.includes("://"));
  expect([shown, exitCode, exitCode === 0 ? "" : stdout + stderr]).toEqual([shown, 0, ""]);
}

/** Whether the test server has all extensions of a database. */
export async function isBuildable({ extensions }: ExistingDatabase): Promise<boolean> {
  if (extensions.length === 0) return true;
  const place = await makePlace("server", { databases });
  try {
    const names = extensions.map((name) => `'${name}'`).join(", ");
    const sql = `SELECT count(*) FROM pg_available_extensions WHERE name IN (${names})`;
    return Number(await column(place, sql)) === extensions.length;
  } finally {
    await place.dispose();
  }
}

/** Creates a database on the server, and the files of `init --from` for it in the repository's folder. */
export async function withExisting(
  database: ExistingDatabase,
  work: (source: Place) => Promise<void>,
): Promise<void> {
  const source = await makePlace("server", { databases });
  try {
    await source.query("shop", database.sql);
    await clean(source, ["init", "--from", `shop=${source.env["DATABASE_URL_SHOP"]}`]);
    await work(source);
  } finally {
    await source.dispose();
  }
}

/** `adopt`, `diff` and `verify` of the database that was read find nothing, and `document sync` changes nothing. */
export async function adoptClean(source: Place): Promise<void> {
  for (const command of ["adopt", "diff", "verify"]) await clean(source, [command]);
  for (const from of ["migrations", "live"])
    await clean(source, ["document", "sync", "--from", from, "--check"]);
}

/** The facts that are false on a database that the baseline has built; the other commands find nothing there. */
export async function rebuilt(engine: EngineName, database: ExistingDatabase): Promise<string[]> {
  const place = await makePlace(engine, { databases });
  try {
    // Embedded databases are below the repository.
    if (engine === "embedded") cpSync(folder, place.folder, { recursive: true });
    const cwd = engine === "embedded" ? place.folder : folder;
    for (const args of [["migrate", "--quiet"], ["diff"], ["verify"]]) await clean(place, args, cwd);
    return await falseFacts(place, database);
  } finally {
    await place.dispose();
  }
}
