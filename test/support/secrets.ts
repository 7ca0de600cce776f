import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import postgres from "postgres";
import { password } from "./lanes/lane.ts";

/** Shorter ones occur inside ordinary words. */
const shortest = 6;

/** The passwords given to a command: the test servers', and those in its own connection strings. */
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

/** @throws Error if a text contains one of the secrets: every output of every command in the tests is checked */
export function refuseSecrets(where: string, text: string, secrets: readonly string[]): void {
  const found = secrets.find((secret) => text.includes(secret));
  if (found !== undefined) throw new Error(`${where} holds the password "${found}":\n${text}`);
}

/** The process list's entry for a process, empty if it cannot be read. */
export function processTitle(pid: number | undefined): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

/** What was found on a server. */
export interface Activity {
  /** How often another user could check. */
  readonly looks: number;
  /** Passwords that the program's sessions have shown. */
  readonly leaks: readonly string[];
}

/** Repeatedly checks what a server shows to others about the program's sessions. */
export function watchActivity(url: string, pause = 100): { stop(): Promise<Activity> } {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const leaks = new Set<string>();
  let looks = 0;
  let over = false;
  const look = async () => {
    const rows = await sql<{ text: string }[]>`
      SELECT application_name || ': ' || query AS text FROM pg_stat_activity
      WHERE application_name LIKE 'socrates-db%' AND strpos(application_name || query, ${password}) > 0`;
    for (const { text } of rows) leaks.add(text);
    looks++;
  };
  const watching = (async () => {
    while (!over) {
      // A server that is shut down for a test shows nothing.
      await look().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  })();
  return {
    stop: async () => {
      over = true;
      await watching;
      await sql.end({ timeout: 1 });
      return { looks, leaks: [...leaks] };
    },
  };
}

/** The files below a folder that contain the password: cached files are also output. */
export function filesWithPassword(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(password));
}
