import { readFileSync } from "node:fs";
import type { Sql } from "postgres";
import { password } from "./lanes/lane.ts";

/** Shorter ones stand inside ordinary words. */
const shortest = 6;

/** The passwords that a command was given: the one of all servers of the tests, and those in its own connection strings. */
export function secretsOf(texts: readonly string[]): string[] {
  const given = texts.flatMap((text) =>
    [...text.matchAll(/:\/\/[^:@/?]*:([^@/?\s]+)@/g)].flatMap(([, raw = ""]) => {
      try {
        return [raw, decodeURIComponent(raw)];
      } catch {
        return [raw];
      }
    }),
  );
  return [...new Set([password, ...given])].filter((secret) => secret.length >= shortest);
}

/** @throws Error where a text holds one of the secrets: every output of every command of the tests passes here */
export function refuseSecrets(where: string, text: string, secrets: readonly string[]): void {
  const found = secrets.find((secret) => text.includes(secret));
  if (found !== undefined) throw new Error(`${where} holds the password "${found}":\n${text}`);
}

/** What the process list shows of a process, empty where it cannot be read. */
export function processTitle(pid: number | undefined): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

/** Looks again and again at what a server shows of the program's sessions to others. */
export function watchActivity(sql: Sql, pause = 100): { stop(): Promise<readonly string[]> } {
  const found = new Set<string>();
  let over = false;
  const watching = (async () => {
    while (!over) {
      const rows = await sql<{ text: string }[]>`
        SELECT application_name || ': ' || query AS text FROM pg_stat_activity
        WHERE application_name LIKE 'socrates-db%' AND strpos(application_name || query, ${password}) > 0`;
      for (const { text } of rows) found.add(text);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  })();
  return {
    stop: async () => {
      over = true;
      await watching;
      return [...found];
    },
  };
}
