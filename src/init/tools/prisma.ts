import path from "node:path";
import { gather, readFile, wholeFile } from "../gather.ts";
import type { Note, Repository, Tool, ToolMigration } from "../model.ts";
import { filesBelow, optionalText } from "../repository.ts";

const lockFile = "migration_lock.toml";
const file = "migration.sql";

/** A folder without the number at its start: `20230210101112_add_price` is `add_price`. */
function nameOf(folder: string): string {
  return folder.replace(/^\d+_?/, "");
}

/** Other databases have other SQL. */
function refuseProvider(repository: Repository, folder: string): Note[] {
  const lock = optionalText(repository, path.posix.join(folder, lockFile));
  const provider = /^\s*provider\s*=\s*"([^"]*)"/m.exec(lock)?.[1];
  return provider === undefined || provider === "postgresql"
    ? []
    : [{ from: lockFile, reason: `the provider is ${provider}, not postgresql` }];
}

/** A folder for each migration, sorted as text, with `migration.sql` and sometimes `down.sql`. */
export const prisma: Tool = {
  name: "prisma",
  title: "Prisma",
  ledger: {
    table: "_prisma_migrations",
    query: (table) =>
      `SELECT migration_name AS version FROM ${table} WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  },
  find: ({ files }) => {
    // Drizzle also writes a snapshot next to each migration.sql.
    const isOwn = (folder: string) =>
      files.includes(`${folder}/${file}`) && !files.includes(`${folder}/snapshot.json`);
    const found = files.flatMap((name) => {
      const folder = path.posix.dirname(name);
      if (path.posix.basename(name) === lockFile) return folder;
      return path.posix.basename(name) === file && isOwn(folder) ? path.posix.dirname(folder) : [];
    });
    return [...new Set(found)];
  },
  read: (repository, folder) => {
    const files = filesBelow(repository, folder);
    const folders = repository.foldersIn(folder);
    const own = folders.filter((name) => files.includes(`${name}/${file}`));
    const { made, refused } = gather(own, (name): ToolMigration => {
      const down = `${name}/down.sql`;
      return {
        from: `${name}/${file}`,
        name: nameOf(name),
        version: name,
        up: wholeFile(readFile(repository, folder, `${name}/${file}`)),
        down: files.includes(down) ? wholeFile(readFile(repository, folder, down)) : undefined,
        expectsDown: true,
      };
    });
    const read = new Set(own.flatMap((name) => [`${name}/${file}`, `${name}/down.sql`]));
    return {
      migrations: made,
      skips: files
        .filter((from) => !read.has(from))
        .map((from) => ({
          from,
          reason: from === lockFile ? "names the provider" : "is not the migration.sql of a folder",
        })),
      warnings: [
        ...folders
          .filter((name) => !own.includes(name))
          .map((name) => ({ from: name, reason: `has no ${file}, so it is left out` })),
        ...own
          .filter((name) => nameOf(name) === "")
          .map((name) => ({ from: name, reason: "has no name; its number becomes the name" })),
      ],
      refused: [...refuseProvider(repository, folder), ...refused],
    };
  },
};
