import { keyPattern } from "../config/config-file.ts";

/** Longer keys would be tedious in flags and reports. */
const longestKey = 30;

/** The longest name in a file name; `create` has the same limit. */
const longest = 100;

/** A description as part of a file name: lower case, words joined by underscores; empty if nothing remains. */
export function slug(description: string): string {
  return description
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "_")
    .slice(0, longest)
    .replace(/^_|_$/g, "");
}

/** The name of a migration in file names; the version replaces a missing description. */
export function migrationName(description: string, version: string): string {
  return slug(description) || `migration_${slug(version)}`;
}

/** A key of a database: an identifier that needs no quotes. */
export function databaseKey(name: string): string {
  const key = slug(name.replace(/^@[^/]*\//, ""))
    .slice(0, longestKey)
    .replace(/^[^a-z]+|_$/g, "");
  return keyPattern.test(key) ? key : "app";
}
