/** Modes of locks on relations, from the weakest (manual, section 13.3.1); weaker ones let others read and write. */
export const lockModes = [
  "SHARE UPDATE EXCLUSIVE",
  "SHARE",
  "SHARE ROW EXCLUSIVE",
  "EXCLUSIVE",
  "ACCESS EXCLUSIVE",
] as const;
export type LockMode = (typeof lockModes)[number];

/** What a statement does to rows that exist. */
export type Cost =
  | "catalog only"
  | "reads the table"
  | "rewrites the index"
  | "rewrites the table"
  | "reads other relations";

/**
 * A form of statement, the strongest lock that it takes on relations that exist, and what it does to rows. The groups
 * `table` and `other` of the pattern are the relations that it locks in this mode; `index` means its table.
 */
export interface StatementRule {
  readonly pattern: RegExp;
  readonly mode?: LockMode;
  /** `type` and `column` depend on the column. */
  readonly cost: Cost | "type" | "column";
}

const part = String.raw`(?:"(?:[^"]|"")+"|[^\s."();,]+)`;
const name = `${part}(?:\\.${part})*`;
const table = `(?<table>${name})`;

function rule(pattern: string, mode: LockMode | undefined, cost: StatementRule["cost"]): StatementRule {
  const words = pattern
    .replaceAll("TABLE_NAME", table)
    .replaceAll("INDEX_NAME", `(?<index>${name})`)
    .replaceAll("OTHER", `(?<other>${name})`)
    .replaceAll("NAME", name);
  return { pattern: new RegExp(`^${words}`, "s"), ...(mode !== undefined && { mode }), cost };
}

const alter = "ALTER (?:FOREIGN )?TABLE (?:ONLY )?TABLE_NAME";

/** The first rule that matches applies (manual: ALTER TABLE, CREATE INDEX and section 13.3.1). */
export const statementRules: readonly StatementRule[] = [
  rule(
    "CREATE (?:UNIQUE )?INDEX CONCURRENTLY NAME ON TABLE_NAME",
    "SHARE UPDATE EXCLUSIVE",
    "reads the table",
  ),
  rule("CREATE (?:UNIQUE )?INDEX NAME ON ONLY TABLE_NAME", "SHARE", "catalog only"),
  rule("CREATE (?:UNIQUE )?INDEX NAME ON TABLE_NAME", "SHARE", "reads the table"),
  rule("DROP INDEX CONCURRENTLY INDEX_NAME", "SHARE UPDATE EXCLUSIVE", "catalog only"),
  rule(
    `${alter} ADD CONSTRAINT NAME FOREIGN KEY .* REFERENCES OTHER .*NOT VALID$`,
    "SHARE ROW EXCLUSIVE",
    "catalog only",
  ),
  rule(
    `${alter} ADD CONSTRAINT NAME FOREIGN KEY .* REFERENCES OTHER `,
    "SHARE ROW EXCLUSIVE",
    "reads the table",
  ),
  rule(`${alter} ADD CONSTRAINT NAME CHECK .*NOT (?:VALID|ENFORCED)$`, "ACCESS EXCLUSIVE", "catalog only"),
  rule(
    `${alter} ADD CONSTRAINT NAME (?:UNIQUE|PRIMARY KEY) USING INDEX `,
    "ACCESS EXCLUSIVE",
    "catalog only",
  ),
  rule(`${alter} ADD CONSTRAINT `, "ACCESS EXCLUSIVE", "reads the table"),
  rule(`${alter} VALIDATE CONSTRAINT `, "SHARE UPDATE EXCLUSIVE", "reads the table"),
  // Of the partitioned table, the lock is weaker.
  rule("ALTER TABLE NAME ATTACH PARTITION TABLE_NAME ", "ACCESS EXCLUSIVE", "reads the table"),
  rule(`${alter} DETACH PARTITION OTHER$`, "ACCESS EXCLUSIVE", "catalog only"),
  rule(`${alter} ALTER COLUMN ${part} SET STATISTICS `, "SHARE UPDATE EXCLUSIVE", "catalog only"),
  rule(`${alter} ALTER COLUMN ${part} (?:SET|RESET) \\(`, "SHARE UPDATE EXCLUSIVE", "catalog only"),
  rule(`${alter} (?:CLUSTER ON |SET WITHOUT CLUSTER)`, "SHARE UPDATE EXCLUSIVE", "catalog only"),
  rule(`${alter} (?:SET|RESET) \\((?!.*user_catalog_table)`, "SHARE UPDATE EXCLUSIVE", "catalog only"),
  rule(`${alter} (?:ENABLE|DISABLE)(?: REPLICA| ALWAYS)? TRIGGER `, "SHARE ROW EXCLUSIVE", "catalog only"),
  rule(`${alter} ALTER COLUMN ${part} TYPE `, "ACCESS EXCLUSIVE", "type"),
  rule(`${alter} ALTER COLUMN ${part} SET NOT NULL`, "ACCESS EXCLUSIVE", "reads the table"),
  rule(`${alter} ADD NOT NULL .* NOT VALID$`, "ACCESS EXCLUSIVE", "catalog only"),
  rule(`${alter} ADD NOT NULL `, "ACCESS EXCLUSIVE", "reads the table"),
  rule(`${alter} ADD COLUMN `, "ACCESS EXCLUSIVE", "column"),
  rule(`${alter} SET (?:LOGGED|UNLOGGED|TABLESPACE|ACCESS METHOD)`, "ACCESS EXCLUSIVE", "rewrites the table"),
  rule(`${alter} `, "ACCESS EXCLUSIVE", "catalog only"),
  rule("DROP (?:FOREIGN )?TABLE TABLE_NAME", "ACCESS EXCLUSIVE", "catalog only"),
  rule("DROP (?:MATERIALIZED )?VIEW TABLE_NAME", "ACCESS EXCLUSIVE", "catalog only"),
  rule("DROP SEQUENCE TABLE_NAME", "ACCESS EXCLUSIVE", "catalog only"),
  rule("DROP INDEX INDEX_NAME", "ACCESS EXCLUSIVE", "catalog only"),
  rule("REFRESH MATERIALIZED VIEW TABLE_NAME", "ACCESS EXCLUSIVE", "reads other relations"),
  rule("ALTER (?:MATERIALIZED )?VIEW TABLE_NAME", "ACCESS EXCLUSIVE", "catalog only"),
  rule("CREATE (?:CONSTRAINT )?TRIGGER .*? ON TABLE_NAME", "SHARE ROW EXCLUSIVE", "catalog only"),
  rule("CREATE (?:OR REPLACE )?RULE .*? TO TABLE_NAME", "ACCESS EXCLUSIVE", "catalog only"),
  rule(
    "(?:DROP (?:TRIGGER|RULE)|(?:CREATE|ALTER|DROP) POLICY) NAME ON TABLE_NAME",
    "ACCESS EXCLUSIVE",
    "catalog only",
  ),
  rule(
    "CREATE (?:UNLOGGED |FOREIGN )?TABLE NAME PARTITION OF TABLE_NAME",
    "ACCESS EXCLUSIVE",
    "catalog only",
  ),
  rule(
    "ALTER INDEX TABLE_NAME (?:RENAME |SET \\(|RESET \\(|ALTER COLUMN )",
    "SHARE UPDATE EXCLUSIVE",
    "catalog only",
  ),
  rule("ALTER INDEX TABLE_NAME SET TABLESPACE ", "ACCESS EXCLUSIVE", "rewrites the index"),
  rule("ALTER SEQUENCE TABLE_NAME (?:SET (?:UN)?LOGGED|RENAME |OWNER )", "ACCESS EXCLUSIVE", "catalog only"),
  rule("ALTER SEQUENCE TABLE_NAME ", "SHARE ROW EXCLUSIVE", "catalog only"),
  rule(
    "COMMENT ON (?:TABLE|FOREIGN TABLE|VIEW|MATERIALIZED VIEW|INDEX|SEQUENCE) TABLE_NAME",
    "SHARE UPDATE EXCLUSIVE",
    "catalog only",
  ),
  rule(
    `COMMENT ON COLUMN (?<table>${part}\\.${part})\\.${part} IS `,
    "SHARE UPDATE EXCLUSIVE",
    "catalog only",
  ),
  rule("CREATE STATISTICS .*? FROM TABLE_NAME$", "SHARE UPDATE EXCLUSIVE", "catalog only"),
  rule(
    "ALTER PUBLICATION NAME (?:ADD|DROP) TABLE (?:ONLY )?TABLE_NAME",
    "SHARE UPDATE EXCLUSIVE",
    "catalog only",
  ),
  rule("ALTER DOMAIN NAME (?:ADD CONSTRAINT|SET NOT NULL|VALIDATE)", undefined, "reads other relations"),
  rule("SELECT pg_catalog.setval", undefined, "reads the table"),
];
