import { type Call, replaceBuiltin } from "./builtins.ts";
import type { CApi } from "./c-api.ts";
import type { FunctionTable } from "./interrupts.ts";

/** lockdefs.h */
const mode = { shared: 5, exclusive: 7 } as const;
/** LOCKTAG of lock.h. */
const tag = { size: 16, advisory: 10, userMethod: 2 } as const;

/** The private SQLSTATE of a statement that should be executed again once a lock was released. */
export const lockBusy = "SL001";

type Mode = (typeof mode)[keyof typeof mode];

interface Key {
  readonly fields: readonly [high: number, low: number, kind: number];
  readonly text: string;
}

/** How often each client holds a lock in each mode. */
type Holders = Map<number, Record<Mode, number>>;

/** What the locks need to know. */
export interface LockOwner {
  readonly isShared: boolean;
  /** The client whose statement runs. */
  readonly member: number;
}

/**
 * The advisory locks of sessions, for clients that share one. PostgreSQL holds each lock, so that `pg_locks` shows it,
 * but grants them all to its one session; which client holds it is known here.
 */
export class AdvisoryLocks {
  private readonly api: CApi;
  private readonly owner: LockOwner;
  private readonly locks = new Map<string, { readonly key: Key; readonly holders: Holders }>();
  private hasReleased = false;

  constructor(api: CApi, functions: FunctionTable, owner: LockOwner) {
    this.api = api;
    this.owner = owner;
    for (const { oid, kind, shared } of lockFunctions) {
      for (const [count, suffix] of [[1, "int8"] as const, [2, "int4"] as const]) {
        const name = `pg_${kind}${shared ? "_shared" : ""}_${suffix}`;
        const wanted = shared ? mode.shared : mode.exclusive;
        replaceBuiltin(
          api,
          functions,
          { oid: oid[count - 1] ?? 0, name, arguments: count, strict: true },
          (call, original) =>
            owner.isShared ? this.run(kind, keyOf(call, count), wanted, original) : original(),
        );
      }
    }
    replaceBuiltin(
      api,
      functions,
      { oid: 2892, name: "pg_advisory_unlock_all", arguments: 0, strict: true },
      (_, original) => {
        if (!owner.isShared) return original();
        this.releaseAll(owner.member);
        return 0;
      },
    );
  }

  /** Releases what a client holds. */
  releaseAll(member: number): void {
    for (const { key, holders } of Array.from(this.locks.values())) {
      const counts = holders.get(member);
      if (counts === undefined) continue;
      for (const held of [mode.exclusive, mode.shared])
        for (let left = counts[held]; left > 0; left--) this.release(key, held);
      this.forget(key, holders, member);
    }
  }

  /** Whether a lock was released since the last call. */
  takeReleased(): boolean {
    const released = this.hasReleased;
    this.hasReleased = false;
    return released;
  }

  /** The session of all clients has ended, and its locks with it. */
  clear(): void {
    this.locks.clear();
  }

  private run(kind: LockFunction, key: Key, wanted: Mode, original: () => number): number {
    if (kind === "advisory_unlock") return this.unlock(key, wanted, original);
    if (this.isBusy(key, wanted)) {
      if (kind.startsWith("try")) return 0;
      this.api.raise(lockBusy, "canceling statement due to lock timeout");
    }
    const result = original();
    if (kind === "advisory_lock" || kind === "try_advisory_lock") this.note(key, wanted);
    return result;
  }

  /** Whether another client holds the lock in a mode that conflicts. */
  private isBusy(key: Key, wanted: Mode): boolean {
    const holders = this.locks.get(key.text)?.holders ?? [];
    return Array.from(holders).some(
      ([member, counts]) =>
        member !== this.owner.member && (counts[mode.exclusive] > 0 || wanted === mode.exclusive),
    );
  }

  private note(key: Key, held: Mode): void {
    const lock = this.locks.get(key.text) ?? { key, holders: new Map() };
    this.locks.set(key.text, lock);
    const counts = lock.holders.get(this.owner.member) ?? { [mode.shared]: 0, [mode.exclusive]: 0 };
    lock.holders.set(this.owner.member, counts);
    counts[held] += 1;
  }

  private unlock(key: Key, held: Mode, original: () => number): number {
    const holders = this.locks.get(key.text)?.holders;
    const counts = holders?.get(this.owner.member);
    if (holders === undefined || counts === undefined || counts[held] === 0) {
      const name = held === mode.shared ? "ShareLock" : "ExclusiveLock";
      this.api.warn("55000", `you don't own a lock of type ${name}`);
      return 0;
    }
    const result = original();
    counts[held] -= 1;
    if (counts[mode.shared] + counts[mode.exclusive] === 0) this.forget(key, holders, this.owner.member);
    return result;
  }

  private forget(key: Key, holders: Holders, member: number): void {
    holders.delete(member);
    if (holders.size === 0) this.locks.delete(key.text);
    this.hasReleased = true;
  }

  private release({ fields: [high, low, kind] }: Key, held: Mode): void {
    const { engine } = this.api;
    const at: number = engine["_malloc"](tag.size);
    this.api.setWord(at, this.api.word(engine["_MyDatabaseId"]));
    this.api.setWord(at + 4, high);
    this.api.setWord(at + 8, low);
    this.api.setWord(at + 12, kind | (tag.advisory << 16) | (tag.userMethod << 24));
    engine["_LockRelease"](at, held, 1);
    engine["_free"](at);
  }
}

type LockFunction =
  | "advisory_lock"
  | "try_advisory_lock"
  | "advisory_unlock"
  | "advisory_xact_lock"
  | "try_advisory_xact_lock";

/** The oid with one key of type bigint, and with two of type integer. */
const lockFunctions: readonly {
  readonly oid: readonly [number, number];
  readonly kind: LockFunction;
  readonly shared: boolean;
}[] = [
  { oid: [2880, 2886], kind: "advisory_lock", shared: false },
  { oid: [2881, 2887], kind: "advisory_lock", shared: true },
  { oid: [2882, 2888], kind: "try_advisory_lock", shared: false },
  { oid: [2883, 2889], kind: "try_advisory_lock", shared: true },
  { oid: [2884, 2890], kind: "advisory_unlock", shared: false },
  { oid: [2885, 2891], kind: "advisory_unlock", shared: true },
  { oid: [3089, 3093], kind: "advisory_xact_lock", shared: false },
  { oid: [3090, 3094], kind: "advisory_xact_lock", shared: true },
  { oid: [3091, 3095], kind: "try_advisory_xact_lock", shared: false },
  { oid: [3092, 3096], kind: "try_advisory_xact_lock", shared: true },
];

function keyOf(call: Call, count: number): Key {
  if (count === 2) {
    const fields = [call.word(0), call.word(1), 2] as const;
    return { fields, text: fields.join(" ") };
  }
  const key = BigInt.asUintN(64, call.long(0));
  const fields = [Number(key >> 32n), Number(key & 0xffff_ffffn), 1] as const;
  return { fields, text: fields.join(" ") };
}
