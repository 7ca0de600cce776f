import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Finding } from "../../src/diff/finding.ts";
import { open } from "../../src/index.ts";
import type { RehearsedStatement } from "../../src/rehearse/statements.ts";

export interface Rehearsal {
  readonly version: number;
  readonly statements: readonly RehearsedStatement[];
  readonly findings: readonly Finding[];
}

/** A migration of one database, after another that makes its schema. */
export interface Migration {
  readonly base: string;
  readonly migration: string;
  readonly noTransaction?: boolean;
  /** Other directives of the migration. */
  readonly directives?: readonly string[];
}

/** Writes a project of one database and two migrations into a new folder. */
export function writeMigration({
  base,
  migration,
  noTransaction = false,
  directives = [],
}: Migration): string {
  const folder = mkdtempSync(path.join(tmpdir(), "rehearse-"));
  mkdirSync(path.join(folder, "m"));
  const lines = ["phase 0", ...(noTransaction ? ["no-transaction"] : []), ...directives];
  const header = lines.map((line) => `-- socrates-db: ${line}\n`).join("");
  writeFileSync(
    path.join(folder, "socrates-db.config.json"),
    JSON.stringify({ databases: { app: { migrations: "m" } } }),
  );
  writeFileSync(path.join(folder, "m/001_base.sql"), `-- socrates-db: phase 0\n${base}`);
  writeFileSync(path.join(folder, "m/002_change.sql"), `${header}${migration}`);
  return folder;
}

export function isRehearsal(value: object): value is Rehearsal {
  return "version" in value && "statements" in value && "findings" in value;
}

/**
 * Rehearses a migration after another.
 * @param url of a target, of which only the version and the settings count
 */
export async function rehearseMigration(migration: Migration, url?: string): Promise<Rehearsal> {
  const folder = writeMigration(migration);
  const project = await open({ cwd: folder, env: {}, ...(url !== undefined && { urls: { app: url } }) });
  try {
    const result = await project.rehearse({ since: 1 });
    if (!isRehearsal(result)) throw new Error("the result is not a rehearsal");
    return result;
  } finally {
    await project.close();
    rmSync(folder, { recursive: true });
  }
}

/** Locks as one line: `public.t=ShareLock, …`. */
export function lockLine(locks: RehearsedStatement["locks"]): string {
  return listLine(locks.map(({ relation, mode }) => `${relation}=${mode}`));
}

/** A list on one line, sorted; `none` for an empty one. */
export function listLine(items: readonly string[]): string {
  const unique = [...new Set(items)].sort();
  return unique.length === 0 ? "none" : unique.join(", ");
}
