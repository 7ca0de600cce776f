import { type Effect, effectOn } from "./comparing.ts";
import type { PlannedAt } from "./planning.ts";
import type { ApplicationStatement } from "./statement.ts";

/** What became of a statement. */
export type Assessment =
  | {
      readonly kind: "planned";
      /** What happened to it, by the databases in which it was bound before. */
      readonly effects: ReadonlyMap<string, Effect>;
    }
  | { readonly kind: "joining"; readonly tables: readonly TableOf[] }
  | { readonly kind: "unplanned"; readonly reason: string; readonly isUnsupported: boolean };

/** A table that a statement names, and a database that has it. */
interface TableOf {
  readonly table: string;
  readonly database: string;
}

type States = ReadonlyMap<string, PlannedAt>;

/** The relation that a statement names and a database does not have. */
function missingIn(state: PlannedAt | undefined, at: number): string | undefined {
  const planned = state?.planned[at];
  return planned !== undefined && "code" in planned && planned.code === "42P01"
    ? /^relation "(.+)" does not exist$/.exec(planned.reason)?.[1]
    : undefined;
}

function isBound(state: PlannedAt | undefined, at: number): boolean {
  const planned = state?.planned[at];
  return planned !== undefined && "plan" in planned;
}

/** The other databases that have a relation which a database lacks. */
function ownersOf(key: string, at: number, before: States): TableOf[] {
  const table = missingIn(before.get(key), at);
  return table === undefined
    ? []
    : [...before].flatMap(([database, { catalog }]) =>
        database !== key && catalog.relations.has(table) ? [{ table, database }] : [],
      );
}

/** The table that a statement names with its database: PostgreSQL accepts that in this database only. */
function tableElsewhere(
  keys: readonly string[],
  at: number,
  before: States,
  names: ReadonlyMap<string, string>,
): TableOf[] | undefined {
  for (const key of keys) {
    const planned = before.get(key)?.planned[at];
    const reason = planned !== undefined && "reason" in planned ? planned.reason : "";
    const [, name = "", table = ""] =
      /^cross-database references are not implemented: "?([^".]+)\.([^"]+)"?$/.exec(reason) ?? [];
    const database = names.get(name);
    if (database !== undefined && (keys.length > 1 || database !== key)) return [{ table, database }];
  }
  return undefined;
}

/** Tables of two databases that a statement names: what one lacks is in another, which lacks what a third has. */
function joinedTables(keys: readonly string[], at: number, before: States): TableOf[] | undefined {
  for (const key of keys)
    for (const first of ownersOf(key, at, before)) {
      const [second] = ownersOf(first.database, at, before);
      if (second !== undefined) return [first, second];
    }
  return undefined;
}

/** PostgreSQL's reasons, those of the databases that have the tables first. */
function reasonOf(keys: readonly string[], at: number, before: States): string {
  const failures = keys.flatMap((key) => {
    const planned = before.get(key)?.planned[at];
    return planned !== undefined && "reason" in planned ? [{ key, reason: planned.reason }] : [];
  });
  const closest = failures.filter(({ key }) => missingIn(before.get(key), at) === undefined);
  const shown = closest.length > 0 ? closest : failures;
  const reasons = new Set(shown.map(({ reason }) => reason));
  const elsewhere = [...before.keys()].find((key) => isBound(before.get(key), at));
  const text =
    reasons.size === 1 ? [...reasons].join() : shown.map(({ key, reason }) => `${key}: ${reason}`).join("; ");
  return elsewhere === undefined ? text : `${text}; ${elsewhere} has what it names`;
}

const syntaxError = "42601";

function assessOne(
  { databases, hasQuestionMark }: ApplicationStatement,
  at: number,
  before: States,
  after: States,
  names: ReadonlyMap<string, string>,
): Assessment {
  const keys = [...before.keys()].filter((key) => databases?.includes(key) ?? true);
  const bound = keys.filter((key) => isBound(before.get(key), at));
  if (bound.length > 0) {
    const effects = bound.flatMap((key): [string, Effect][] => {
      const [was, is] = [before.get(key), after.get(key)];
      const effect = was === undefined || is === undefined ? undefined : effectOn(at, was, is);
      return effect === undefined ? [] : [[key, effect]];
    });
    return { kind: "planned", effects: new Map(effects) };
  }
  const tables = joinedTables(keys, at, before) ?? tableElsewhere(keys, at, before, names);
  if (tables !== undefined) return { kind: "joining", tables };
  const isUnsupported =
    hasQuestionMark &&
    keys.every((key) => {
      const planned = before.get(key)?.planned[at];
      return planned !== undefined && "code" in planned && planned.code === syntaxError;
    });
  const later = keys.find((key) => isBound(after.get(key), at));
  const reason = reasonOf(keys, at, before);
  return {
    kind: "unplanned",
    isUnsupported,
    reason: later === undefined ? reason : `it needs the migrations of ${later}: before them, ${reason}`,
  };
}

/**
 * What became of each statement, in their order. Its database is the one in which it is bound before the migrations;
 * several, if it is bound in several.
 * @param before by key of the database @param after the same; absent for a database with a file that fails
 * @param names keys of all databases by their names
 */
export function assess(
  statements: readonly ApplicationStatement[],
  before: States,
  after: States,
  names: ReadonlyMap<string, string>,
): Assessment[] {
  return statements.map((statement, at) => assessOne(statement, at, before, after, names));
}
