/** Syntax that older servers do not have. */
export interface VersionFact {
  readonly what: string;
  readonly pattern: RegExp;
  /** The first major version that has it. */
  readonly since: number;
  /** A statement with it, for a database with the table `jar (id integer, name text, other text, spare integer)`. */
  readonly example: string;
}

/** What the statements of a script may contain, and not every supported server understands. */
export const versionFacts: readonly VersionFact[] = [
  {
    what: "NOT NULL with a state",
    pattern: /^ALTER TABLE .+ ADD NOT NULL /s,
    since: 18,
    example: "ALTER TABLE jar ADD NOT NULL name NOT VALID",
  },
  {
    what: "NOT ENFORCED",
    pattern: /^(?:ALTER|CREATE) TABLE .+ NOT ENFORCED\b/s,
    since: 18,
    example: "ALTER TABLE jar ADD CONSTRAINT positive CHECK (id > 0) NOT ENFORCED",
  },
  {
    what: "virtual generated columns",
    pattern: /^(?:ALTER|CREATE) TABLE .+ GENERATED ALWAYS AS \(.+\) VIRTUAL/s,
    since: 18,
    example: "ALTER TABLE jar ADD COLUMN twice integer GENERATED ALWAYS AS (id * 2) VIRTUAL",
  },
  {
    what: "the privilege MAINTAIN",
    pattern: /^(?:GRANT|REVOKE|ALTER DEFAULT PRIVILEGES) .*\bMAINTAIN\b.* ON /s,
    since: 17,
    example: "GRANT MAINTAIN ON TABLE jar TO PUBLIC",
  },
  {
    what: "SET STORAGE DEFAULT",
    pattern: /^ALTER .+ SET STORAGE DEFAULT$/s,
    since: 16,
    example: "ALTER TABLE jar ALTER COLUMN name SET STORAGE DEFAULT",
  },
  {
    what: "NULLS NOT DISTINCT",
    pattern: /^(?:CREATE UNIQUE INDEX|ALTER TABLE|CREATE TABLE) .+ NULLS NOT DISTINCT\b/s,
    since: 15,
    example: "CREATE UNIQUE INDEX jar_name ON jar (name) NULLS NOT DISTINCT",
  },
  {
    what: "SET ACCESS METHOD",
    pattern: /^ALTER .+ SET ACCESS METHOD /s,
    since: 15,
    example: "ALTER TABLE jar SET ACCESS METHOD heap",
  },
  {
    what: "unlogged sequences",
    pattern: /^(?:CREATE UNLOGGED SEQUENCE |ALTER SEQUENCE .+ SET (?:UN)?LOGGED$)/s,
    since: 15,
    example: "CREATE UNLOGGED SEQUENCE numbers",
  },
  {
    what: "compression of columns",
    pattern: /^ALTER TABLE .+ SET COMPRESSION /s,
    since: 14,
    example: "ALTER TABLE jar ALTER COLUMN other SET COMPRESSION pglz",
  },
  {
    what: "functions in standard SQL",
    pattern: /^CREATE (?:OR REPLACE )?(?:FUNCTION|PROCEDURE) .+\n(?:RETURN\b|BEGIN ATOMIC\b)/s,
    since: 14,
    example: "CREATE FUNCTION one() RETURNS integer\n LANGUAGE sql\nRETURN 1",
  },
];

/** Why a server of a version cannot run a statement; undefined if no fact is against it. */
export function tooNewFor(sql: string, serverVersion: number): string | undefined {
  const major = Math.floor(serverVersion / 10_000);
  const fact = versionFacts.find(({ pattern, since }) => major < since && pattern.test(sql));
  return fact === undefined ? undefined : `${fact.what} needs PostgreSQL ${fact.since}`;
}
