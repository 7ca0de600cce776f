import { databases as defaults, type NamedDatabase } from "../../src/databases.ts";

/** How many databases the applications of fault tests have: `SOCRATES_DB_TEST_DATABASES`, 2 by default. */
export const databaseCount = Number(process.env["SOCRATES_DB_TEST_DATABASES"] ?? defaults.length);

const third: NamedDatabase = { key: "third", name: "third", urlVariable: "DATABASE_URL_THIRD" };

/** The databases of a place: an application of fewer leaves the others alone. */
export const placeDatabases: readonly NamedDatabase[] =
  databaseCount > defaults.length ? [...defaults, third] : defaults;
