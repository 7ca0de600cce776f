import { createRequire } from "node:module";
import path from "node:path";
import { openPool, type SqlClient } from "../database/pool.ts";
import { SocratesError } from "../errors.ts";
import type { DisposableDatabase } from "./disposable.ts";

/** The part of a pool of `pg` that this file uses. */
interface Pool {
  end(): Promise<void>;
  on(event: "error", listener: () => void): unknown;
}

/** An object that can be replaced by another one of its kind behind a stable reference. */
interface Renewable<T extends object> {
  readonly reference: T;
  /** Puts a new object behind the reference. @returns the old one */
  renew(): T;
  readonly current: T;
}

/**
 * A reference to the current object. postgres.js does not recover when its connections end inside a transaction, and a
 * pool may offer a connection that has just ended; a test keeps its reference all the same.
 * @param bound whether functions among the properties are methods, which must not see two objects during one call
 */
function renewable<T extends object>(create: () => T, bound: boolean): Renewable<T> {
  let current = create();
  const reference = new Proxy(current, {
    apply: (_, __, args) =>
      typeof current === "function" ? Reflect.apply(current, undefined, args) : undefined,
    get: (_, name) => {
      const value: unknown = Reflect.get(current, name);
      return bound && typeof value === "function" ? value.bind(current) : value;
    },
    set: (_, name, value) => Reflect.set(current, name, value),
    has: (_, name) => Reflect.has(current, name),
  });
  return {
    reference,
    renew: () => {
      const old = current;
      current = create();
      return old;
    },
    get current() {
      return current;
    },
  };
}

const require = createRequire(import.meta.url);

/** Loads `pg` from the application, or from what is installed with this package. */
function loadPg(cwd: string): { Pool: new <T extends object>(options: object) => T & Pool } {
  try {
    return createRequire(path.join(cwd, "package.json"))("pg");
  } catch {
    try {
      return require("pg");
    } catch (error) {
      throw new SocratesError("usage", "the package pg is not installed", {
        hint: "Run `npm install --save-dev pg`, or use the client of postgres.js: databases.KEY.sql.",
        cause: error,
      });
    }
  }
}

/** The clients of one database, which a test keeps over resets. */
export class Clients {
  readonly #database: DisposableDatabase;
  readonly #cwd: string;
  readonly #sql: Renewable<SqlClient>;
  readonly #pools: Renewable<Pool & object>[] = [];

  /** The running reset, which a new connection waits for. */
  #change: Promise<unknown> = Promise.resolve();

  /** @param cwd where `pg` is looked up */
  constructor(database: DisposableDatabase, cwd: string) {
    this.#database = database;
    this.#cwd = cwd;
    const socket = async () => {
      await this.#change;
      return database.socket();
    };
    this.#sql = renewable(() => openPool(database.login, socket), false);
  }

  get sql(): SqlClient {
    return this.#sql.reference;
  }

  /** A new pool of `pg`. @throws SocratesError `usage` if `pg` is not installed */
  pool<T extends object>(options: Readonly<Record<string, unknown>>): T {
    const { Pool } = loadPg(this.#cwd);
    const pool = renewable(() => {
      const created = new Pool<T>({ ...this.#database.pgOptions(), ...options });
      // A reset ends connections that no query uses, which a pool reports here.
      created.on("error", () => {});
      return created;
    }, true);
    this.#pools.push(pool);
    return pool.reference;
  }

  /**
   * Ends all connections of the clients; new queries connect again. Open transactions fail.
   * @param change what a new connection waits for; must not reject
   */
  renew(change: Promise<unknown>): void {
    this.#change = change;
    void this.#sql
      .renew()
      .end({ timeout: 0 })
      .catch(() => {});
    for (const pool of this.#pools)
      void pool
        .renew()
        .end()
        .catch(() => {});
  }

  /** Ends all connections for good. */
  async close(): Promise<void> {
    await Promise.allSettled([
      this.#sql.current.end({ timeout: 0 }),
      ...this.#pools.map((pool) => pool.current.end()),
    ]);
  }
}
