import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import postgres from "postgres";
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

/** What was seen of a server. */
export interface Activity {
  /** How often somebody could look. */
  readonly looks: number;
  /** What the program's sessions have shown of a password. */
  readonly leaks: readonly string[];
}

/** Looks again and again at what a server shows of the program's sessions to others, while it is there. */
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

/** The files below a folder that hold the password: what commands keep is an output, too. */
export function filesWithPassword(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(password));
}
