import { byNumber, gather, readFile, refuseTwins, wholeFile } from "../gather.ts";
import type { Note, Tool, ToolMigration } from "../model.ts";
import { filesBelow, foldersOf } from "../repository.ts";

const pattern = /^(\d+)_(.*)\.(up|down)\.sql$/i;

interface Named {
  readonly from: string;
  readonly version: string;
  readonly name: string;
}

function named(from: string, direction: "up" | "down"): Named[] {
  const [, digits = "", name = "", found] = pattern.exec(from) ?? [];
  return found === direction ? [{ from, name, version: BigInt(digits || "0").toString() }] : [];
}

/**
 * Files `VERSION_name.up.sql` and `VERSION_name.down.sql` of one folder, without those below it. Versions are
 * integers; the name does not matter for the order, nor for which down file belongs to which up file.
 */
export const golangMigrate: Tool = {
  name: "golang-migrate",
  title: "golang-migrate",
  ledger: {
    table: "schema_migrations",
    query: (table) => `SELECT version::text AS version FROM ${table}`,
    // The table has the last version alone.
    appliedBy: ([last], migrations) =>
      last === undefined
        ? []
        : migrations.map(({ version }) => version).filter((version) => byNumber(version, last) <= 0),
  },
  find: (repository) => foldersOf(repository, (_, name) => named(name, "up").length > 0),
  read: (repository, folder) => {
    const files = filesBelow(repository, folder);
    const ups = files.flatMap((from) => named(from, "up"));
    const downs = files.flatMap((from) => named(from, "down"));
    const versions = new Set(ups.map(({ version }) => version));
    const { made, refused } = gather(ups, ({ from, name, version }): ToolMigration => {
      const down = downs.find((other) => other.version === version);
      return {
        from,
        name,
        version,
        up: wholeFile(readFile(repository, folder, from)),
        down: down === undefined ? undefined : wholeFile(readFile(repository, folder, down.from)),
        expectsDown: true,
      };
    });
    const used = new Set(
      [...ups, ...downs.filter(({ version }) => versions.has(version))].map((f) => f.from),
    );
    return {
      migrations: made.sort((a, b) => byNumber(a.version, b.version)),
      skips: files.filter((from) => !used.has(from)).map((from) => ({ from, reason: reasonFor(from) })),
      warnings: [],
      refused: [...refuseTwins(ups), ...refuseTwins(downs), ...refused],
    };
  },
};

function reasonFor(from: string): Note["reason"] {
  if (from.includes("/")) return "golang-migrate does not read folders below its own";
  return named(from, "down").length > 0
    ? "rolls back a version that has no up file"
    : "is not named VERSION_name.up.sql or VERSION_name.down.sql";
}
