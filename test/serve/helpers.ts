import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

const ownProgram = path.resolve(import.meta.dirname, "../../bin/socrates-db.js");

export interface ServedByProgram {
  readonly child: ChildProcess;
  /** By key of the database. */
  readonly urls: Readonly<Record<string, string>>;
  /** What it has written to stderr so far. */
  readonly errors: () => string;
}

/** Starts `serve` in a folder and waits for the line that says where. */
export async function startServing(
  folder: string,
  args: readonly string[] = [],
  { program = ownProgram, ...user }: Pick<SpawnOptions, "uid" | "gid"> & { program?: string } = {},
): Promise<ServedByProgram> {
  const child = spawn(process.execPath, [program, "serve", "--format", "json", ...args], {
    ...user,
    cwd: folder,
  });
  let errors = "";
  child.stderr.on("data", (text: Buffer) => {
    errors += text;
  });
  const [line] = await Promise.race([once(child.stdout, "data"), once(child, "exit").then(() => ["{}"])]);
  const { databases = {} }: { databases?: Record<string, { url: string }> } = JSON.parse(String(line));
  const urls = Object.fromEntries(Object.entries(databases).map(([key, { url }]) => [key, url]));
  return { child, urls, errors: () => errors };
}
