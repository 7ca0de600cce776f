import { type Call, replaceBuiltin } from "./builtins.ts";
import type { CApi } from "./c-api.ts";
import type { FunctionTable } from "./interrupts.ts";

/** How often one client holds one lock. */
interface Hold {
  exclusive: number;
  shared: number;
}

/** The key of an advisory lock as SQL: one bigint, or two integers (manual, section 13.3.5). */
type LockKey = string;

/** Who uses the session. */
export interface LockOwner {
  /** False outside a shared session and in statements of ours. */
  readonly isShared: boolean;
  /** The number of the client whose turn it is. */
  readonly member: number;
}

/** The variants with one bigint and with two integers: oid and number of arguments. */
const variants = [
  { suffix: "int8", count: 1, offset: 0 },
  { suffix: "int4", count: 2, offset: 1 },
] as const;

/** By what they do: the oids with one bigint and with two integers (pg_proc.dat). */
const takers = [
  { name: "pg_advisory_lock", oids: [2880, 2886], shared: false, waits: true, session: true },
  { name: "pg_advisory_lock_shared", oids: [2881, 2887], shared: true, waits: true, session: true },
  { name: "pg_try_advisory_lock", oids: [2882, 2888], shared: false, waits: false, session: true },
  { name: "pg_try_advisory_lock_shared", oids: [2883, 2889], shared: true, waits: false, session: true },
  { name: "pg_advisory_xact_lock", oids: [3089, 3093], shared: false, waits: true, session: false },
  { name: "pg_advisory_xact_lock_shared", oids: [3090, 3094], shared: true, waits: true, session: false },
  { name: "pg_try_advisory_xact_lock", oids: [3091, 3095], shared: false, waits: false, session: false },
  {
    name: "pg_try_advisory_xact_lock_shared",
    oids: [3092, 3096],
    shared: true,
    waits: false,
    session: false,
  },
] as const;
const releasers = [
  { name: "pg_advisory_unlock", oids: [2884, 2890], shared: false },
  { name: "pg_advisory_unlock_shared", oids: [2885, 2891], shared: true },
] as const;

function keyOf(call: Call, count: 1 | 2): LockKey {
  return count === 1 ? call.long(0).toString() : `${call.word(0) | 0}, ${call.word(1) | 0}`;
}

/**
 * Advisory locks of clients that share a session. PostgreSQL gives every lock that the session already has, so this
 * keeps who has which. A client cannot wait, as the holder could not release its lock meanwhile: it gets 55P03.
 */
export class AdvisoryLocks {
  readonly #owner: LockOwner;
  readonly #holds = new Map<LockKey, Map<number, Hold>>();
  /** SQL that releases what clients have given back. */
  #pending: string[] = [];

  constructor(api: CApi, functions: FunctionTable, owner: LockOwner) {
    this.#owner = owner;
    for (const { suffix, count, offset } of variants) {
      const replace = (name: string, oid: number, use: (key: LockKey, original: () => number) => number) =>
        replaceBuiltin(
          api,
          functions,
          { oid, name: `${name}_${suffix}`, arguments: count, strict: true },
          (call, original) => (owner.isShared ? use(keyOf(call, count), original) : original()),
        );
      for (const { name, oids, shared, waits, session } of takers)
        replace(name, oids[offset], (key, original) => {
          const holder = this.#conflicting(key, shared);
          if (holder !== undefined && waits)
            return api.raise("55P03", `advisory lock (${key}) is held by client ${holder}`);
          if (holder !== undefined) return 0;
          if (session) this.#holdOf(key)[shared ? "shared" : "exclusive"]++;
          return original();
        });
      for (const { name, oids, shared } of releasers)
        replace(name, oids[offset], (key, original) => {
          const hold = this.#holds.get(key)?.get(owner.member);
          const mode = shared ? "shared" : "exclusive";
          if (hold === undefined || hold[mode] === 0) return 0;
          hold[mode]--;
          this.#forgetEmpty(key);
          return original();
        });
    }
    const all = { oid: 2892, name: "pg_advisory_unlock_all", arguments: 0, strict: true };
    replaceBuiltin(api, functions, all, (_, original) => {
      if (!owner.isShared) return original();
      this.release();
      return 0;
    });
  }

  /** Gives back all locks of the client whose turn it is. */
  release(): void {
    for (const [key, holders] of this.#holds) {
      const { exclusive = 0, shared = 0 } = holders.get(this.#owner.member) ?? {};
      holders.delete(this.#owner.member);
      this.#pending.push(
        ...Array<string>(exclusive).fill(`pg_catalog.pg_advisory_unlock(${key})`),
        ...Array<string>(shared).fill(`pg_catalog.pg_advisory_unlock_shared(${key})`),
      );
      this.#forgetEmpty(key);
    }
  }

  /** SQL to run after the client's statements; undefined if there is none. */
  takeRelease(): string | undefined {
    const calls = this.#pending;
    this.#pending = [];
    return calls.length === 0 ? undefined : `SELECT ${calls.join(", ")}`;
  }

  /** No client shares the session any more. */
  clear(): void {
    this.#holds.clear();
    this.#pending = [];
  }

  #holdOf(key: LockKey): Hold {
    const holders = this.#holds.get(key) ?? new Map<number, Hold>();
    this.#holds.set(key, holders);
    const hold = holders.get(this.#owner.member) ?? { exclusive: 0, shared: 0 };
    holders.set(this.#owner.member, hold);
    return hold;
  }

  #conflicting(key: LockKey, shared: boolean): number | undefined {
    for (const [member, { exclusive }] of this.#holds.get(key) ?? [])
      if (member !== this.#owner.member && (!shared || exclusive > 0)) return member;
    return undefined;
  }

  #forgetEmpty(key: LockKey): void {
    const holders = this.#holds.get(key);
    for (const [member, { exclusive, shared }] of holders ?? [])
      if (exclusive + shared === 0) holders?.delete(member);
    if (holders?.size === 0) this.#holds.delete(key);
  }
}
