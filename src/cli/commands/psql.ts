import type { NamedDatabase } from "../../databases.ts";
import { type CommandDefinition, exampleKeys } from "./command.ts";

export function psql(databases: readonly NamedDatabase[]): CommandDefinition {
  const keys = databases.map(({ key }) => key);
  const { first } = exampleKeys(databases);
  return {
    name: "psql <database> [args...]",
    summary: `open psql on a database: ${keys.join(" or ")}`,
    examples: [`psql ${first}`, `psql ${first} -- -c 'SELECT 1'`],
    notes: `
Uses the configured server, or the databases that \`socrates-db serve\` offers.
Arguments after -- are psql's. pg_dump refuses a server of a newer major
version, so the embedded engine needs pg_dump 18 or newer.`,
    options: {},
    words: keys,
    action: async () => (await import("../actions/psql.ts")).psqlAction,
  };
}
