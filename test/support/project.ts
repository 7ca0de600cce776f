import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Two small chains, for tests that are not about the schema itself. */
export const smallChains: Readonly<Record<string, string>> = {
  "auth/001_people.sql": "-- socrates-db: phase 0\nCREATE TABLE people (id int PRIMARY KEY, name text);\n",
  "auth/001_people.down.sql": "DROP TABLE people;\n",
  "auth/003_teams.sql": "-- socrates-db: phase 1\nCREATE TABLE teams (id int PRIMARY KEY);\n",
  "auth/003_teams.down.sql": "DROP TABLE teams;\n",
  "specs/002_papers.sql": "-- socrates-db: phase 0\nCREATE TABLE papers (id int PRIMARY KEY);\n",
  "specs/002_papers.down.sql": "DROP TABLE papers;\n",
};

/** Writes files below the folder `migrations`, and a config file next to it that names them as the chains. */
export function writeProject(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>> = smallChains,
  config: Readonly<Record<string, unknown>> = {},
): void {
  for (const key of ["auth", "specs"]) mkdirSync(path.join(folder, "migrations", key), { recursive: true });
  for (const [name, content] of Object.entries(files))
    writeFileSync(path.join(folder, "migrations", name), content);
  const databases = { auth: { migrations: "migrations/auth" }, specs: { migrations: "migrations/specs" } };
  writeFileSync(path.join(folder, "socrates-db.config.json"), JSON.stringify({ databases, ...config }));
}
