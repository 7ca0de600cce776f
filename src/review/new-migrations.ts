import path from "node:path";
import type { MigrationFile } from "../migrations/files.ts";
import { checkLimit } from "../migrations/plan.ts";
import type { Workspace } from "../project/workspace.ts";

/** How to tell which migrations are new, without a database. */
export interface NewMigrationsOptions {
  /** The last migration that is not new. */
  readonly since?: number | undefined;
  /** Files that were added or changed; those that are not up files of a chain are skipped. */
  readonly files?: readonly string[] | undefined;
}

/** The migrations that are new, and where the chains were before them. */
export interface NewMigrations {
  /** In the order of their numbers. */
  readonly files: readonly MigrationFile[];
  /** The last number before the first of them; 0 if it is the first. */
  readonly since: number;
}

/**
 * The new migrations of the selected databases; undefined if nothing says which they are.
 * @throws SocratesError `usage` for a number that no migration has
 */
export function newMigrations(
  { project, cwd }: Workspace,
  { since, files }: NewMigrationsOptions,
): NewMigrations | undefined {
  if (since === undefined && files === undefined) return undefined;
  if (since !== undefined && since > 0) checkLimit(project.chains, { number: since });
  const given = new Set((files ?? []).map((file) => path.resolve(cwd, file)));
  const isNew = ({ number, source }: MigrationFile) =>
    since === undefined ? given.has(path.resolve(source.path)) : number > since;
  const numbers = project.chains.flatMap(({ migrations }) => migrations.map(({ number }) => number));
  const own = project.databases
    .flatMap(({ chain }) => chain.migrations.filter(isNew))
    .sort((a, b) => a.number - b.number);
  const first = own[0]?.number ?? 0;
  return { files: own, since: Math.max(0, ...numbers.filter((number) => number < first)) };
}
