import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { SocratesError } from "../errors.ts";
import { formatNumber } from "../migration-number.ts";
import { displayPath } from "../sql/source-file.ts";
import { unknownDatabase } from "../unknown-database.ts";
import { type ChainFiles, checkChains } from "./files.ts";

export interface CreateOptions {
  /** Description, which becomes the file name. */
  readonly name: string;
  /** Key of the database to which the migration belongs. */
  readonly database: string;
  readonly phase: number;
}

/** The name in file names: lower case, words joined by underscores. @throws SocratesError `usage` */
export function fileNameOf(name: string): string {
  const slug = name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
  if (!/^[a-z0-9][a-z0-9_]{0,99}$/.test(slug))
    throw new SocratesError("usage", `"${name}" cannot be the name of a migration`, {
      hint: "Use letters, digits, spaces, hyphens and underscores, for example: add_invoices",
    });
  return slug;
}

/** A name with line breaks must not leave its comment. */
function template(options: CreateOptions, id: string): { up: string; down: string } {
  return {
    up: `-- socrates-db: phase ${options.phase}\n-- ${options.name.trim().replace(/\s+/g, " ")}\n\n`,
    down: `-- Reverts ${id}\n\n`,
  };
}

/** Refuses a folder inside node_modules: the next install would remove the files. */
export function refuseInstalled(folder: string): void {
  if (folder.split(path.sep).includes("node_modules"))
    throw new SocratesError(
      "config-invalid",
      `the migrations folder ${displayPath(folder)} is inside node_modules`,
      {
        hint: 'Copy the migrations into your repository and name their folders in socrates-db.config.json ("databases").',
      },
    );
}

/** The number of the next migration, over all databases. */
export function nextNumber(chains: readonly ChainFiles[]): number {
  return Math.max(0, ...chains.flatMap(({ migrations }) => migrations.map((file) => file.number))) + 1;
}

/**
 * Writes the two files of a new migration, with the next number over all databases.
 * @returns absolute paths of both files
 * @throws SocratesError `usage`, `config-invalid`, `file-invalid`
 */
export function createMigration(
  chains: readonly ChainFiles[],
  options: CreateOptions,
): { up: string; down: string } {
  checkChains(chains);
  const chain = chains.find(({ database }) => database === options.database);
  if (chain === undefined)
    throw unknownDatabase(
      options.database,
      chains.map(({ database }) => database),
    );
  const last = chain.migrations.at(-1);
  if (last !== undefined && options.phase < last.phase)
    throw new SocratesError(
      "usage",
      `phase ${options.phase} is over: ${last.id} of ${chain.database} is of phase ${last.phase}`,
      {
        hint: `Phases never fall along a chain: use --phase ${last.phase} or later.`,
      },
    );
  refuseInstalled(chain.folder);
  const id = `${formatNumber(nextNumber(chains))}_${fileNameOf(options.name)}`;
  const files = template(options, id);
  const up = path.join(chain.folder, `${id}.sql`);
  const down = path.join(chain.folder, `${id}.down.sql`);
  mkdirSync(chain.folder, { recursive: true });
  writeFileSync(up, files.up, { flag: "wx" });
  writeFileSync(down, files.down, { flag: "wx" });
  return { up, down };
}
