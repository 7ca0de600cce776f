import { MigrationError, Umzug } from "umzug";
import type { MigrationFile } from "../migrations/files.ts";

/** The database of a chain: its ledger, and the two ways to change it. */
export interface ChainStore {
  /** Numbers in the ledger, kept up to date by `apply` and `revert`. */
  readonly applied: ReadonlySet<number>;
  /** Applies one migration and records it, in one transaction. */
  apply(file: MigrationFile): Promise<void>;
  /** Rolls back one migration and removes it from the ledger, in one transaction. */
  revert(file: MigrationFile): Promise<void>;
}

/** Runs migrations of one database in the given order. */
export interface Chain {
  up(files: readonly MigrationFile[]): Promise<void>;
  down(files: readonly MigrationFile[]): Promise<void>;
}

/**
 * One Umzug instance per chain. Umzug records a migration in a separate step after `up()`; here the migration's
 * transaction writes the row, and the storage only checks that it exists.
 */
export function openChain(files: readonly MigrationFile[], store: ChainStore): Chain {
  const byId = new Map(files.map((file) => [file.id, file]));
  const mustBe = (id: string, applied: boolean) => {
    const number = byId.get(id)?.number;
    if (number === undefined || store.applied.has(number) !== applied)
      throw new Error(`the ledger does not agree with what was done to ${id}`);
  };
  const umzug = new Umzug({
    migrations: files.map((file) => ({
      name: file.id,
      up: () => store.apply(file),
      down: () => store.revert(file),
    })),
    storage: {
      executed: async () => files.filter((file) => store.applied.has(file.number)).map((file) => file.id),
      logMigration: async ({ name }) => mustBe(name, true),
      unlogMigration: async ({ name }) => mustBe(name, false),
    },
    logger: undefined,
    context: {},
  });
  const run = async (work: Promise<unknown>) => {
    try {
      await work;
    } catch (error) {
      // Umzug's wrapper adds nothing to the typed error inside it.
      throw error instanceof MigrationError ? error.cause : error;
    }
  };
  // Another runner may have applied some since the plan was made; Umzug would treat these as unknown names.
  const ids = (wanted: readonly MigrationFile[], applied: boolean) =>
    wanted.filter((file) => store.applied.has(file.number) === applied).map((file) => file.id);
  return {
    up: (wanted) => run(umzug.up({ migrations: ids(wanted, false) })),
    down: (wanted) => run(umzug.down({ migrations: ids(wanted, true) })),
  };
}
