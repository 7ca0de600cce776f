import { type Lock, sortLocks } from "./locks.ts";
import type { Measured } from "./outcome.ts";
import { plainWords } from "./version-rules.ts";

/** What an older server does differently from the shadow. */
interface OlderFact {
  /** The first major version that does as the shadow. */
  readonly since: number;
  /** For the statement in upper case, on one line. */
  readonly pattern: RegExp;
  /** A lock as the older server takes it; undefined for none. */
  readonly lock: (lock: Lock, measured: Measured) => Lock | undefined;
  /** Whether it leaves the files of sequences alone. */
  readonly keepsSequences?: true;
}

function isDetached({ before, after }: Measured, oid: number): boolean {
  return before.parents.has(oid) && !after.parents.has(oid);
}

/** Found by a comparison of many statements with servers of each version. */
const olderFacts: readonly OlderFact[] = [
  {
    // From 15 on, sequences follow the persistence of their table.
    since: 15,
    pattern: /^ALTER TABLE .+ SET (?:UN)?LOGGED\b/,
    lock: (lock) => (lock.kind === "S" ? undefined : lock),
    keepsSequences: true,
  },
  {
    // From 14 on, extended statistics on the column are restored, under a lock for that.
    since: 14,
    pattern: /^ALTER TABLE .+ TYPE /,
    lock: (lock) => (lock.mode === "ShareUpdateExclusiveLock" ? undefined : lock),
  },
  {
    since: 14,
    pattern: /^ALTER TABLE .+ DETACH PARTITION /,
    lock: (lock, measured) =>
      isDetached(measured, lock.oid) && lock.kind === "r"
        ? { ...lock, mode: "ShareUpdateExclusiveLock" }
        : lock,
  },
];

/** A measured statement as it is on a server of an older version. @param version `server_version_num` */
export function onVersion(measured: Measured, version: number): Measured {
  const words = plainWords(measured.statement.text);
  const facts = olderFacts.filter(({ since, pattern }) => version < since * 10_000 && pattern.test(words));
  const changed = (locks: readonly Lock[]) =>
    sortLocks(
      locks.flatMap(
        (lock) => facts.reduce<Lock | undefined>((one, fact) => one && fact.lock(one, measured), lock) ?? [],
      ),
    );
  const isKept = (name: string) =>
    facts.some(({ keepsSequences }) => keepsSequences === true) && isSequence(measured, name);
  return {
    ...measured,
    locks: changed(measured.locks),
    held: changed(measured.held),
    rewrites: measured.rewrites.filter((name) => !isKept(name)),
  };
}

function isSequence({ before }: Measured, name: string): boolean {
  return [...before.relations.values()].some((relation) => relation.kind === "S" && relation.name === name);
}
