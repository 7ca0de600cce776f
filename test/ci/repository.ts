import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");

export const schema = (columns: string) =>
  `# Shop\n\n## Table: jars (Phase 0)\n\n\`\`\`sql\nCREATE TABLE jars (${columns});\n\`\`\`\n`;

const config = { databases: { shop: { migrations: "m", urlVariable: "SHOP" } }, document: "schema.md" };

/** A repository with one database and one migration. */
export const base: Readonly<Record<string, string>> = {
  ".gitignore": "node_modules\n",
  "schema.md": schema("id int PRIMARY KEY"),
  "socrates-db.config.json": JSON.stringify(config),
  "m/001_jars.sql": "-- socrates-db: phase 0\nCREATE TABLE jars (id int PRIMARY KEY);\n",
  "m/001_jars.down.sql": "DROP TABLE jars;\n",
};

/** A second migration, with its document. */
export const withLabel: Readonly<Record<string, string>> = {
  "schema.md": schema("id int PRIMARY KEY, label text"),
  "m/002_label.sql": "-- socrates-db: phase 0\nALTER TABLE jars ADD COLUMN label text;\n",
  "m/002_label.down.sql": "ALTER TABLE jars DROP COLUMN label;\n",
};

/** The same in a subfolder. */
export function within(
  folder: string,
  files: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));
}

function git(folder: string, ...args: string[]): string {
  const identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];
  return execFileSync("git", [...identity, ...args], { cwd: folder, encoding: "utf8" }).trim();
}

function commit(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  git(folder, "add", ".");
  git(folder, "commit", "-qm", "files");
  return git(folder, "rev-parse", "HEAD");
}

/** A repository of two commits, and the first of them. `outer` is a folder around it, to be removed. */
export function makeRepository(
  start: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string>>,
): { readonly outer: string; readonly folder: string; readonly sha: string } {
  const outer = mkdtempSync(path.join(tmpdir(), "socrates-db-ci-"));
  const folder = path.join(outer, "repository");
  mkdirSync(folder);
  git(folder, "init", "-q", "-b", "main");
  const sha = commit(folder, start);
  commit(folder, change);
  return { outer, folder, sha };
}

/**
 * Runs a shell script with this checkout's program as `socrates-db`, and as what `npx --yes socrates-db@VERSION` starts.
 */
export function runScript(
  { outer, folder }: { readonly outer: string; readonly folder: string },
  script: string,
  env: Readonly<Record<string, string>> = {},
) {
  const bin = path.join(outer, "bin");
  mkdirSync(bin, { recursive: true });
  const program = `exec "${process.execPath}" "${path.join(root, "bin/socrates-db.js")}" "$@"\n`;
  writeFileSync(path.join(bin, "socrates-db"), `#!/bin/sh\n${program}`, { mode: 0o755 });
  const check = `case "$1 $2" in "--yes socrates-db@"[0-9]*) ;; *) echo "unexpected: $*"; exit 99 ;; esac\n`;
  writeFileSync(path.join(bin, "npx"), `#!/bin/sh\n${check}shift 2\n${program}`, { mode: 0o755 });
  const { status, stdout, stderr } = spawnSync("sh", ["-ec", script], {
    cwd: folder,
    encoding: "utf8",
    env: {
      PATH: `${bin}:${process.env["PATH"]}`,
      HOME: outer,
      XDG_CACHE_HOME: process.env["SOCRATES_DB_TEST_CACHE"] ?? outer,
      ...env,
    },
  });
  return { exitCode: status, output: `${stdout}${stderr}` };
}
