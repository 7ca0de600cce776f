import path from "node:path";
import { startWithBaseline } from "../gather.ts";
import type { Note, Repository, Tool } from "../model.ts";
import { filesBelow, foldersOf, optionalText } from "../repository.ts";

const revisionPattern = /^revision\b[^=\n]*=\s*["']([^"']+)["']/m;
const parentPattern = /^down_revision\b[^=\n]*=\s*(\([^)]*\)|\[[^\]]*\]|["'][^"']*["']|None)/m;

interface Revision {
  readonly id: string;
  readonly parents: readonly string[];
}

function revisionsOf(repository: Repository, folder: string): Revision[] {
  return filesBelow(repository, folder).flatMap((from) => {
    const text = from.endsWith(".py") ? optionalText(repository, path.posix.join(folder, from)) : "";
    const id = revisionPattern.exec(text)?.[1];
    const parents = parentPattern.exec(text)?.[1];
    return id === undefined || parents === undefined
      ? []
      : [{ id, parents: [...parents.matchAll(/["']([^"']+)["']/g)].map(([, parent = ""]) => parent) }];
  });
}

/** Revisions that no other one follows. */
function headsOf(revisions: readonly Revision[]): string[] {
  const followed = new Set(revisions.flatMap(({ parents }) => parents));
  return revisions.map(({ id }) => id).filter((id) => !followed.has(id));
}

function refusal(folder: string, revisions: readonly Revision[]): Note {
  const heads = headsOf(revisions);
  const count = `${revisions.length} ${revisions.length === 1 ? "revision" : "revisions"}`;
  const at = `${heads.length === 1 ? "head" : "heads"} ${heads.join(", ")}`;
  return {
    from: folder,
    reason: `Alembic: ${count} in Python, ${at}; not SQL: ${startWithBaseline}, or print the SQL with "alembic upgrade head --sql"`,
  };
}

/** Revisions in Python: each names the one before it. Their SQL exists only when Python runs them. */
export const alembic: Tool = {
  name: "alembic",
  title: "Alembic",
  ledger: { table: "alembic_version", query: (table) => `SELECT version_num AS version FROM ${table}` },
  find: (repository) =>
    foldersOf(repository, (file, name) => {
      const text = name.endsWith(".py") ? optionalText(repository, file) : "";
      return revisionPattern.test(text) && parentPattern.test(text);
    }),
  read: (repository, folder) => {
    const revisions = revisionsOf(repository, folder);
    return { migrations: [], skips: [], warnings: [], refused: [refusal(folder, revisions)] };
  },
};
