import { databases as defaults, type NamedDatabase } from "../../src/databases.ts";

/** How many databases the applications of fault tests have: `SOCRATES_DB_TEST_DATABASES`, 2 by default. */
export const databaseCount = Number(process.env["SOCRATES_DB_TEST_DATABASES"] ?? defaults.length);

const third: NamedDatabase = { key: "third", name: "third", urlVariable: "DATABASE_URL_THIRD" };

/** The databases of a place: an application of fewer leaves the others alone. */
export const placeDatabases: readonly NamedDatabase[] =
  databaseCount > defaults.length ? [...defaults, third] : defaults;

/**
 * What a test states for two databases, for an application of one, two or three: the first, both, or both and a third.
 * @param more of the third database
 */
export function ofApplication<T>(each: Readonly<Record<string, T>>, more: T): Record<string, T> {
  if (databaseCount > defaults.length) return { ...each, [third.key]: more };
  return Object.fromEntries(Object.entries(each).slice(0, databaseCount));
}

/** The database that a test breaks besides the first; of an application with one, this is the first. */
export const another: NamedDatabase = defaults[databaseCount === 1 ? 0 : 1] ?? third;

/** No migrations, in every database. */
export const noLedgers = ofApplication<number[]>({ auth: [], specs: [] }, []);
