import type { Hazard } from "./hazard.ts";

const rewriting = "ALTER TABLE, Notes";

/** Hazards of statements that write or read a whole table. */
export const rewriteHazards: readonly Hazard[] = [
  {
    id: "rewrite",
    severity: "warning",
    condition: "A table gets another file: each row is copied, and each index is rebuilt.",
    effect:
      "The table cannot be read or written until the commit, and the copy needs as much space as the table.",
    instead: "Add a plain column, fill it in batches, and add the constraint as NOT VALID.",
    source: rewriting,
  },
  {
    id: "type-change",
    severity: "warning",
    condition: "A column gets a type whose values are stored differently.",
    effect: "The table is copied under ACCESS EXCLUSIVE, and foreign keys on the column are checked again.",
    instead:
      "ALTER TABLE t ADD COLUMN new_c bigint; keep it equal with a trigger, fill it in batches, then exchange the names.",
    source: rewriting,
  },
  {
    id: "generated-column",
    severity: "warning",
    condition: "A stored generated column is added, or its expression changes.",
    effect: "Its value is computed for each row: the table is copied under ACCESS EXCLUSIVE.",
    instead: "A plain column with a trigger, filled in batches; from PostgreSQL 18 on, a virtual column.",
    source: "5.4, Generated Columns",
  },
  {
    id: "volatile-default",
    severity: "warning",
    condition: "A column is added whose default can differ from row to row.",
    effect: "The default is computed for each row: the table is copied under ACCESS EXCLUSIVE.",
    instead:
      "ALTER TABLE t ADD COLUMN c text; ALTER TABLE t ALTER COLUMN c SET DEFAULT f(); then fill it in batches.",
    source: rewriting,
  },
  {
    id: "index-rebuild",
    severity: "warning",
    condition: "A change of a column keeps the table's file, and not that of an index.",
    effect: "The index is built while the table is closed to reads.",
    instead:
      "DROP INDEX CONCURRENTLY i; ALTER TABLE t …; CREATE INDEX CONCURRENTLY i ON t (…), in three files.",
    source: rewriting,
  },
  {
    id: "truncate",
    severity: "warning",
    condition: "A table is emptied.",
    effect: "All rows are lost, and the table is closed to reads until the commit.",
    instead: "DELETE FROM t WHERE …, in batches, if only some rows are to go.",
    source: "TRUNCATE",
  },
  {
    id: "truncate-cascade",
    severity: "error",
    condition: "TRUNCATE … CASCADE also empties the tables that refer to the named one.",
    effect: "Rows of tables that the statement does not name are lost.",
    instead: "TRUNCATE a, b; with each table by its name.",
    source: "TRUNCATE",
  },
  {
    id: "vacuum-full",
    severity: "warning",
    condition: "VACUUM FULL copies a table into a new file.",
    effect: "The table cannot be read or written until the copy is done.",
    instead: "VACUUM t; or an extension that copies a table while it is used.",
    source: "24.1.2, Recovering Disk Space",
  },
  {
    id: "cluster",
    severity: "warning",
    condition: "CLUSTER copies a table in the order of an index.",
    effect: "The table cannot be read or written until the copy is done.",
    instead: "An index that contains the columns which queries need, or partitions.",
    source: "CLUSTER",
  },
  {
    id: "refresh-not-concurrent",
    severity: "warning",
    condition: "A materialized view is refreshed without CONCURRENTLY.",
    effect: "The view cannot be read until the commit.",
    instead: "REFRESH MATERIALIZED VIEW CONCURRENTLY v; it needs a unique index on the view.",
    source: "REFRESH MATERIALIZED VIEW",
  },
  {
    id: "scan-under-exclusive",
    severity: "warning",
    condition: "A table is read in full under ACCESS EXCLUSIVE, for example to check a new constraint.",
    effect: "The table cannot be read or written meanwhile.",
    instead:
      "ALTER TABLE t ADD CONSTRAINT k CHECK (…) NOT VALID; in a second file: ALTER TABLE t VALIDATE CONSTRAINT k;",
    source: rewriting,
  },
  {
    id: "not-null-scan",
    severity: "warning",
    condition: "A column becomes NOT NULL, and no valid check proves that it has no NULL.",
    effect: "The table is read in full while no other session can read it.",
    instead:
      "ALTER TABLE t ADD CONSTRAINT k CHECK (c IS NOT NULL) NOT VALID; VALIDATE it in a second file; then SET NOT NULL in a third.",
    source: "ALTER TABLE, SET NOT NULL",
  },
  {
    id: "domain-constraint-scan",
    severity: "warning",
    condition: "A domain gets a constraint that is checked at once.",
    effect: "Each table with a column of the domain is read in full, and cannot be written until the commit.",
    instead:
      "ALTER DOMAIN d ADD CONSTRAINT k CHECK (…) NOT VALID; in a second file: ALTER DOMAIN d VALIDATE CONSTRAINT k;",
    source: "ALTER DOMAIN",
  },
  {
    id: "partition-attach-scan",
    severity: "warning",
    condition: "A table becomes a partition, and no valid check proves its bounds, NULL included.",
    effect: "It and the default partition are read in full while no other session can read them.",
    instead: "Add CHECK (c IS NOT NULL AND c >= … AND c < …) NOT VALID to it, VALIDATE it, then attach.",
    source: "ALTER TABLE, ATTACH PARTITION",
  },
];
