import { MigrationError, Umzug } from "umzug";
import type { MigrationFile } from "../migrations/files.ts";

/** What a chain needs of its database: the ledger as it stands, and the two ways to change it. */
export interface ChainStore {
  /** Numbers that the ledger holds; must follow what `apply` and `revert` do. */
  readonly applied: ReadonlySet<number>;
  /** Applies one migration and records it, both in one transaction. */
  apply(file: MigrationFile): Promise<void>;
  /** Undoes one migration and takes it out of the ledger, both in one transaction. */
  revert(file: MigrationFile): Promise<void>;
}

/** Runs migrations of one database in the order given. */
export interface Chain {
  up(files: readonly MigrationFile[]): Promise<void>;
  down(files: readonly MigrationFile[]): Promise<void>;
}

/**
 * One Umzug instance over a chain. Umzug records a migration after `up()` has returned, in a step of its own; here
 * the row is part of the migration's transaction, so the storage only checks that it is there.
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
      // The wrapper says no more than the error inside it, which is typed.
      throw error instanceof MigrationError ? error.cause : error;
    }
  };
  // Another runner may have done some of them since the plan was made; Umzug would take these for unknown names.
  const ids = (wanted: readonly MigrationFile[], applied: boolean) =>
    wanted.filter((file) => store.applied.has(file.number) === applied).map((file) => file.id);
  return {
    up: (wanted) => run(umzug.up({ migrations: ids(wanted, false) })),
    down: (wanted) => run(umzug.down({ migrations: ids(wanted, true) })),
  };
}
