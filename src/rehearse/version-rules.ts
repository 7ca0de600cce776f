import { tokenAt } from "../sql/tokens.ts";
import type { Outcome } from "./outcome.ts";
import { isMeasured } from "./outcome.ts";

/** Where the target is unknown: the oldest version that still gets releases (PostgreSQL 14 had its last in November 2026). */
export const oldestMaintained = 150_000;

/** Something that older servers refuse, found in the words of a statement. */
export interface VersionRule {
  readonly what: string;
  /** For the statement in upper case, on one line, with its strings empty. */
  readonly pattern: RegExp;
  /** The first major version that accepts it. */
  readonly since: number;
  /** A statement with it, for a database with the table `jar (id integer, name text, other text, spare integer)`. */
  readonly example: string;
}

/** Manual, appendix E: what a migration may contain, and not every supported server understands. */
export const versionRules: readonly VersionRule[] = [
  {
    what: "a constraint NOT NULL with a name or a state",
    pattern: /^ALTER TABLE .+ ADD (?:CONSTRAINT \S+ )?NOT NULL /,
    since: 18,
    example: "ALTER TABLE jar ADD CONSTRAINT named NOT NULL name",
  },
  {
    what: "NOT ENFORCED",
    pattern: /^(?:ALTER|CREATE) TABLE .+ NOT ENFORCED\b/,
    since: 18,
    example: "ALTER TABLE jar ADD CONSTRAINT positive CHECK (id > 0) NOT ENFORCED",
  },
  {
    what: "a virtual generated column",
    pattern: /^(?:ALTER|CREATE) TABLE .*GENERATED ALWAYS AS \((?:[^()]|\([^()]*\))*\)(?! STORED)/,
    since: 18,
    example: "ALTER TABLE jar ADD COLUMN twice integer GENERATED ALWAYS AS (id * 2) VIRTUAL",
  },
  {
    what: "WITHOUT OVERLAPS",
    pattern: /^(?:ALTER|CREATE) TABLE .+ WITHOUT OVERLAPS\b/,
    since: 18,
    example: "CREATE TABLE stay (rooms int4range, during tstzrange, UNIQUE (rooms, during WITHOUT OVERLAPS))",
  },
  {
    what: "OLD and NEW in RETURNING",
    pattern: /\bRETURNING (?:.+, )?(?:OLD|NEW) ?\./,
    since: 18,
    example: "UPDATE jar SET id = 1 RETURNING old.id",
  },
  {
    what: "uuidv7()",
    pattern: /\bUUIDV7 ?\(/,
    since: 18,
    example: "ALTER TABLE jar ADD COLUMN key uuid DEFAULT uuidv7()",
  },
  {
    what: "the privilege MAINTAIN",
    pattern: /^(?:GRANT|REVOKE) .*\bMAINTAIN\b.* ON /,
    since: 17,
    example: "GRANT MAINTAIN ON TABLE jar TO PUBLIC",
  },
  {
    what: "SET EXPRESSION",
    pattern: /^ALTER TABLE .+ SET EXPRESSION /,
    since: 17,
    example: "ALTER TABLE measured ALTER COLUMN twice SET EXPRESSION AS (id * 3)",
  },
  {
    what: "SET ACCESS METHOD DEFAULT",
    pattern: /^ALTER .+ SET ACCESS METHOD DEFAULT\b/,
    since: 17,
    example: "ALTER TABLE jar SET ACCESS METHOD DEFAULT",
  },
  {
    what: "MERGE with RETURNING or BY SOURCE",
    pattern: /^(?:WITH .+ )?MERGE INTO .+ (?:RETURNING|NOT MATCHED BY SOURCE)\b/,
    since: 17,
    example:
      "MERGE INTO jar USING jar AS other ON jar.id = other.id WHEN MATCHED THEN DELETE RETURNING jar.id",
  },
  {
    what: "JSON_TABLE",
    pattern: /\bJSON_TABLE ?\(/,
    since: 17,
    example: "SELECT * FROM JSON_TABLE('[1]', '$[*]' COLUMNS (a int PATH '$')) AS t",
  },
  {
    what: "SET STORAGE DEFAULT, or a storage in CREATE TABLE",
    pattern:
      /^(?:ALTER .+ SET STORAGE DEFAULT\b|CREATE TABLE .+ STORAGE (?:PLAIN|MAIN|EXTERNAL|EXTENDED|DEFAULT)\b)/,
    since: 16,
    example: "ALTER TABLE jar ALTER COLUMN name SET STORAGE DEFAULT",
  },
  {
    what: "ANY_VALUE",
    pattern: /\bANY_VALUE ?\(/,
    since: 16,
    example: "SELECT any_value(id) FROM jar",
  },
  {
    what: "NULLS NOT DISTINCT",
    pattern: /\bNULLS NOT DISTINCT\b/,
    since: 15,
    example: "CREATE UNIQUE INDEX jar_name ON jar (name) NULLS NOT DISTINCT",
  },
  {
    what: "MERGE",
    pattern: /^(?:WITH .+ )?MERGE INTO /,
    since: 15,
    example: "MERGE INTO jar USING jar AS other ON jar.id = other.id WHEN MATCHED THEN DELETE",
  },
  {
    what: "SET ACCESS METHOD",
    pattern: /^ALTER .+ SET ACCESS METHOD /,
    since: 15,
    example: "ALTER TABLE jar SET ACCESS METHOD heap",
  },
  {
    what: "SECURITY_INVOKER",
    pattern: /^CREATE .*VIEW .+ WITH ?\(.*SECURITY_INVOKER\b/,
    since: 15,
    example: "CREATE VIEW seen WITH (security_invoker = true) AS SELECT id FROM jar",
  },
  {
    what: "SET NULL for some columns",
    pattern: /\bON DELETE SET (?:NULL|DEFAULT) ?\(/,
    since: 15,
    example:
      "CREATE TABLE lid (a int, b int, FOREIGN KEY (a, b) REFERENCES pairs (a, b) ON DELETE SET NULL (a))",
  },
  {
    what: "unlogged sequences",
    pattern: /^(?:CREATE UNLOGGED SEQUENCE |ALTER SEQUENCE .+ SET (?:UN)?LOGGED\b)/,
    since: 15,
    example: "CREATE UNLOGGED SEQUENCE numbers",
  },
  {
    what: "SET COMPRESSION",
    pattern: /^ALTER TABLE .+ SET COMPRESSION /,
    since: 14,
    example: "ALTER TABLE jar ALTER COLUMN other SET COMPRESSION pglz",
  },
  {
    what: "DETACH PARTITION CONCURRENTLY",
    pattern: /^ALTER TABLE .+ DETACH PARTITION \S+ CONCURRENTLY\b/,
    since: 14,
    example: "ALTER TABLE tree DETACH PARTITION leaf CONCURRENTLY",
  },
  {
    what: "a function body in standard SQL",
    pattern: /^CREATE (?:OR REPLACE )?(?:FUNCTION|PROCEDURE) .+ (?:RETURN |BEGIN ATOMIC\b)(?!.* AS ')/,
    since: 14,
    example: "CREATE FUNCTION one() RETURNS integer LANGUAGE sql RETURN 1",
  },
];

/** A statement in upper case, on one line, without comments and with its strings empty. */
export function plainWords(sql: string): string {
  let text = "";
  for (let at = 0; at < sql.length; ) {
    const { kind, end } = tokenAt(sql, at);
    const token = sql.slice(at, end);
    text +=
      kind === "blank" ? " " : kind === "string" ? "''" : kind === "quoted" ? '"q"' : token.toUpperCase();
    at = end;
  }
  return text.replace(/ +/g, " ").trim();
}

function majorOf(version: number): number {
  return Math.floor(version / 10_000);
}

/** Whether a statement added a foreign key to a partitioned table without checking its rows. */
function isUncheckedOnPartitioned(outcome: Outcome): boolean {
  if (!isMeasured(outcome)) return false;
  const { before, after } = outcome;
  return [...after.constraints].some(
    ([oid, { type, validated, table }]) =>
      !before.constraints.has(oid) && type === "f" && !validated && after.relations.get(table)?.kind === "p",
  );
}

/** Why the target refuses a statement that the shadow accepts; undefined if no rule is against it. */
export function refusedBy(outcome: Outcome, version: number): string | undefined {
  const major = majorOf(version);
  const words = plainWords(outcome.statement.text);
  const rule = versionRules.find(({ since, pattern }) => major < since && pattern.test(words));
  if (rule !== undefined) return `${rule.what} needs PostgreSQL ${rule.since}`;
  return major < 18 && isUncheckedOnPartitioned(outcome)
    ? "a foreign key NOT VALID on a partitioned table needs PostgreSQL 18"
    : undefined;
}
