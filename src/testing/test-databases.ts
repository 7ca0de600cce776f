import type { OpenProject } from "../api/project.ts";
import type { SqlClient } from "../database/pool.ts";
import { SocratesError } from "../errors.ts";
import type { Clients } from "./clients.ts";
import type { DisposableDatabase } from "./disposable.ts";

/** One disposable database, as a test uses it. Its clients stay valid over resets. */
export interface TestDatabase {
  /** A client of postgres.js with a pool of ten connections. */
  readonly sql: SqlClient;
  /**
   * A pool of `pg`, for Drizzle, Kysely and Prisma's adapter also; each call creates one.
   * @param options of the pool, such as `max`
   * @throws SocratesError `usage` if the application has not installed `pg`
   */
  pg<Pool extends object = PgPool>(options?: Readonly<Record<string, unknown>>): Pool;
  /** A connection string for other processes. An embedded database begins to listen on a free port of this machine. */
  url(): Promise<string>;
}

/** What every pool of `pg` can do; give the type of `pg` for more: `pg<Pool>()`. */
export interface PgPool {
  query(text: string, values?: readonly unknown[]): Promise<{ readonly rows: Record<string, unknown>[] }>;
  end(): Promise<void>;
}

/** Names of snapshots as the engines know them: one for the base state, which no name of a user equals. */
const base = "base";
const own = (name: string) => `snapshot ${name}`;

/**
 * Disposable databases, migrated and filled. Resets and snapshots of all databases run one at a time, in the order of
 * their calls. Each ends all connections: open transactions are rolled back, running queries fail, temporary tables
 * and settings of sessions do not survive.
 */
export interface TestDatabases<Key extends string = string> extends AsyncDisposable {
  readonly databases: Readonly<Record<Key, TestDatabase>>;
  /** The functions of `open()`, on these databases. */
  readonly project: OpenProject;
  /** Brings all databases back to their base state: rows, objects, sequences, settings, privileges. */
  reset(): Promise<void>;
  /** Saves what is committed in all databases; a name that exists is replaced. */
  snapshot(name: string): Promise<void>;
  /** Brings all databases back to a snapshot. @throws SocratesError `usage` for an unknown name */
  restore(name: string): Promise<void>;
  /** Ends all clients and removes the databases. Idempotent. */
  close(): Promise<void>;
}

/** The databases of one call of `createTestDatabases`. */
export class DisposableDatabases<Key extends string> implements TestDatabases<Key> {
  readonly databases: Readonly<Record<Key, TestDatabase>>;
  readonly project: OpenProject;
  readonly #all: readonly { readonly database: DisposableDatabase; readonly clients: Clients }[];
  readonly #names = new Set<string>();
  #queue: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(
    all: readonly { readonly database: DisposableDatabase; readonly clients: Clients }[],
    databases: Readonly<Record<Key, TestDatabase>>,
    project: OpenProject,
  ) {
    this.#all = all;
    this.databases = databases;
    this.project = project;
  }

  /** Runs one change of all databases, after the ones before it. */
  #next(change: (database: DisposableDatabase) => Promise<void>): Promise<void> {
    if (this.#closing !== undefined)
      throw new SocratesError("usage", "the test databases are closed", {
        hint: "Close them after the last test, for example in afterAll.",
      });
    const run = this.#queue.then(async () => {
      const changed = this.#all.map(async ({ database, clients }) => {
        const changing = Promise.resolve().then(() => change(database));
        clients.renew(changing.catch(() => {}));
        await changing;
      });
      const settled = await Promise.allSettled(changed);
      for (const result of settled) if (result.status === "rejected") throw result.reason;
    });
    this.#queue = run.catch(() => {});
    return run;
  }

  /** Makes the present state the base state. */
  async saveBase(): Promise<void> {
    await this.#next((database) => database.save(base));
  }

  async reset(): Promise<void> {
    await this.#next((database) => database.restore(base));
  }

  async snapshot(name: string): Promise<void> {
    await this.#next((database) => database.save(own(name)));
    this.#names.add(name);
  }

  async restore(name: string): Promise<void> {
    if (!this.#names.has(name))
      throw new SocratesError("usage", `unknown snapshot "${name}"`, {
        hint:
          this.#names.size === 0
            ? "Take one first: await test.snapshot(name)."
            : `The snapshots are: ${[...this.#names].join(", ")}.`,
      });
    await this.#next((database) => database.restore(own(name)));
  }

  close(): Promise<void> {
    this.#closing ??= this.#queue.then(async () => {
      await this.project.close();
      await Promise.all(
        this.#all.map(async ({ database, clients }) => {
          const closing = database.close();
          clients.renew(closing.catch(() => {}));
          await closing;
          await clients.close();
        }),
      );
    });
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
