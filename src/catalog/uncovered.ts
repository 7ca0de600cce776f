import type { Uncovered } from "../schema/model.ts";
import { unreadableMappings } from "./rare/user-mappings.ts";

interface UncoveredKind {
  /** Its name in reports. */
  readonly what: string;
  /** What reports cannot show about it. */
  readonly meaning: string;
  /** A query for the `name` of each. */
  readonly sql: string;
}

/** What is not compared. Each one that exists is reported. */
export const uncoveredKinds: readonly UncoveredKind[] = [
  {
    what: "options of user mapping",
    meaning: "those that the user may not read",
    sql: unreadableMappings,
  },
  {
    what: "security label of large object",
    meaning: "its provider and label",
    sql: `SELECT l.objoid::text AS "name" FROM pg_catalog.pg_seclabel l WHERE l.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass`,
  },
];

export const uncoveredSql = uncoveredKinds
  .map(({ what, sql }) => `SELECT '${what}' AS "what", u."name" FROM (${sql}) u`)
  .join("\n  UNION ALL ");

export function sortedUncovered(rows: readonly Uncovered[]): readonly Uncovered[] {
  const text = ({ what, name }: Uncovered) => `${what} ${name}`;
  return rows
    .map(({ what, name }) => ({ what, name }))
    .sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0));
}
