import { databases } from "../../databases.ts";
import type { CommandDefinition } from "./command.ts";

const keys = databases.map(({ key }) => key);

export const psql: CommandDefinition = {
  name: "psql <database> [args...]",
  summary: `open psql on a database: ${keys.join(" or ")}`,
  examples: keys.flatMap((key) => [`psql ${key}`, `psql ${key} -- -c 'SELECT 1'`]).slice(0, 2),
  notes: `
Uses the configured server, or the databases that \`socrates-db serve\` offers.
Arguments after -- are psql's. pg_dump refuses a server of a newer major
version, so the embedded engine needs pg_dump 18 or newer.`,
  options: {},
  words: keys,
  action: async () => (await import("../actions/psql.ts")).psqlAction,
};
