import type { LockMode } from "../sql/lock-modes.ts";
import type { Statement } from "../sql/statements.ts";
import type { CatalogFacts } from "./catalog-facts.ts";
import { type Lock, sortLocks } from "./locks.ts";
import { StatementWords } from "./statement-words.ts";

/** What a statement that cannot run in a transaction does, from a table of facts. */
export interface OutsideFacts {
  readonly locks: readonly Lock[];
  readonly scans: readonly string[];
  /** Whether its locks end at once, as it has nothing to do. */
  readonly isMomentary: boolean;
}

/** A statement's relations, and whether it finds nothing to do. */
interface Concerned {
  readonly table?: number | undefined;
  readonly index?: number | undefined;
  readonly partition?: number | undefined;
}

/**
 * A form of statement, and the locks that it takes in all of its transactions together, as `pg_locks` shows them while
 * other sessions keep it waiting.
 */
export interface OutsideForm {
  readonly name: string;
  /** The relations of a statement of this form; undefined for others. */
  readonly concerned: (words: StatementWords, facts: CatalogFacts) => Concerned | undefined;
  /** Modes on the table, on the index or all indexes of the table, and on the partition. */
  readonly table: LockMode;
  readonly indexes?: LockMode;
  readonly partition?: LockMode;
  /** Whether it reads the table in full. */
  readonly scans: boolean;
}

function tableOf(index: number | undefined, facts: CatalogFacts): number | undefined {
  return index === undefined ? undefined : facts.indexes.get(index)?.table;
}

function vacuumed(isFull: boolean): OutsideForm["concerned"] {
  return (words, facts) => {
    if (!words.takes("VACUUM")) return undefined;
    const options = words.options();
    const full = words.takes("FULL") || options.includes("FULL");
    for (const word of ["FREEZE", "VERBOSE", "ANALYZE"]) words.takes(word);
    return full === isFull ? { table: words.relation(facts) } : undefined;
  };
}

/** Manual, section 13.3.1 and the pages of the statements; measured on servers of each supported version. */
export const outsideForms: readonly OutsideForm[] = [
  {
    name: "CREATE INDEX CONCURRENTLY",
    concerned: (words, facts) => {
      if (!words.takes("CREATE")) return undefined;
      words.takes("UNIQUE");
      if (!words.takes("INDEX", "CONCURRENTLY")) return undefined;
      words.takes("IF", "NOT", "EXISTS");
      if (!words.takes("ON")) {
        words.relation(facts);
        if (!words.takes("ON")) return undefined;
      }
      words.takes("ONLY");
      return { table: words.relation(facts) };
    },
    table: "ShareUpdateExclusiveLock",
    scans: true,
  },
  {
    name: "DROP INDEX CONCURRENTLY",
    concerned: (words, facts) => {
      if (!words.takes("DROP", "INDEX", "CONCURRENTLY")) return undefined;
      words.takes("IF", "EXISTS");
      const index = words.relation(facts);
      return { table: tableOf(index, facts), index };
    },
    table: "ShareUpdateExclusiveLock",
    indexes: "ShareUpdateExclusiveLock",
    scans: false,
  },
  {
    name: "REINDEX INDEX CONCURRENTLY",
    concerned: (words, facts) => {
      if (!words.takes("REINDEX", "INDEX", "CONCURRENTLY")) return undefined;
      const index = words.relation(facts);
      return { table: tableOf(index, facts), index };
    },
    table: "ShareUpdateExclusiveLock",
    indexes: "ShareUpdateExclusiveLock",
    scans: true,
  },
  {
    name: "REINDEX TABLE CONCURRENTLY",
    concerned: (words, facts) =>
      words.takes("REINDEX", "TABLE", "CONCURRENTLY") ? { table: words.relation(facts) } : undefined,
    table: "ShareUpdateExclusiveLock",
    indexes: "ShareUpdateExclusiveLock",
    scans: true,
  },
  {
    name: "DETACH PARTITION CONCURRENTLY",
    concerned: (words, facts) => {
      if (!words.takes("ALTER", "TABLE")) return undefined;
      words.takes("IF", "EXISTS");
      words.takes("ONLY");
      const table = words.relation(facts);
      if (!words.takes("DETACH", "PARTITION")) return undefined;
      const partition = words.relation(facts);
      return words.takes("CONCURRENTLY") ? { table, partition } : undefined;
    },
    table: "ShareUpdateExclusiveLock",
    partition: "AccessExclusiveLock",
    scans: false,
  },
  { name: "VACUUM FULL", concerned: vacuumed(true), table: "AccessExclusiveLock", scans: true },
  { name: "VACUUM", concerned: vacuumed(false), table: "ShareUpdateExclusiveLock", scans: false },
];

/** Whether the table of facts has a form for a statement. */
export function hasOutsideFacts(statement: Statement, facts: CatalogFacts): boolean {
  return formOf(statement, facts) !== undefined;
}

function formOf(statement: Statement, facts: CatalogFacts) {
  for (const form of outsideForms) {
    const concerned = form.concerned(new StatementWords(statement), facts);
    if (concerned !== undefined) return { form, concerned };
  }
  return undefined;
}

/** Whether a form that ends with another catalog found it unchanged. */
function isUnchanged(form: OutsideForm, before: CatalogFacts, after: CatalogFacts): boolean {
  if (form.name === "CREATE INDEX CONCURRENTLY" || form.name === "DROP INDEX CONCURRENTLY")
    return before.indexes.size === after.indexes.size;
  return false;
}

/** What a statement does outside of a transaction; nothing for a form that the table does not have. */
export function factsOutside(
  statement: Statement,
  before: CatalogFacts,
  after: CatalogFacts,
  known: ReadonlySet<number>,
): OutsideFacts {
  const found = formOf(statement, before);
  if (found === undefined) return { locks: [], scans: [], isMomentary: false };
  const { form, concerned } = found;
  const { table, index, partition } = concerned;
  const ofTable = [...before.indexes].flatMap(([oid, one]) => (one.table === table ? [oid] : []));
  const indexes = index === undefined ? ofTable : [index];
  const taken: (readonly [oid: number | undefined, mode: LockMode | undefined])[] = [
    [table, form.table],
    [partition, form.partition],
    ...indexes.map((oid) => [oid, form.indexes] as const),
  ];
  const locks = taken.flatMap(([oid, mode]): Lock[] => {
    const relation = oid === undefined ? undefined : before.relations.get(oid);
    if (oid === undefined || relation === undefined || mode === undefined || !known.has(oid)) return [];
    return [{ oid, relation: relation.name, kind: relation.kind, mode }];
  });
  const isMomentary = isUnchanged(form, before, after);
  const read = table !== undefined && known.has(table) ? before.relations.get(table) : undefined;
  const scans = form.scans && !isMomentary && read !== undefined ? [read.name] : [];
  return { locks: sortLocks(locks), scans, isMomentary };
}
