import type { Session } from "../database/session.ts";
import { dotted } from "../schema/names.ts";
import type { ColumnStatistics, DatabaseStatistics, RelationStatistics, StatisticsKind } from "./model.ts";

interface ServerRow {
  readonly server: number;
  readonly blockSize: number;
  readonly maintenanceMemory: number;
  readonly takenAt: string;
}

interface RelationRow {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly table: number | null;
  readonly rows: number;
  readonly pages: number;
  readonly bytes: number;
  readonly toastBytes: number | null;
  readonly isHidden: boolean;
}

interface ColumnRow extends ColumnStatistics {
  readonly relation: number;
  readonly name: string;
}

interface SequenceRow {
  readonly schema: string;
  readonly name: string;
  readonly table: number;
  readonly column: string;
  readonly lastValue: number | null;
}

interface StatisticsRows {
  readonly server: ServerRow;
  readonly relations: RelationRow;
  readonly columns: ColumnRow;
  readonly sequences: SequenceRow;
}

const described = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'socrates_db') AND n.nspname !~ '^pg_(toast_)?temp_'`;

/** The view `pg_stats` shows only what the role may read, and no column with values is selected. */
const queries = {
  server: `SELECT current_setting('server_version_num')::int4 AS server, current_setting('block_size')::int4 AS "blockSize",
  pg_size_bytes(current_setting('maintenance_work_mem'))::float8 AS "maintenanceMemory",
  to_char(date_trunc('second', transaction_timestamp()) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "takenAt"`,
  relations: `SELECT c.oid::int8::float8 AS oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind, i.indrelid::int8::float8 AS table,
  c.reltuples::float8 AS rows, c.relpages AS pages, coalesce(pg_relation_size(c.oid), 0)::float8 AS bytes,
  CASE WHEN c.reltoastrelid <> 0 THEN pg_total_relation_size(c.reltoastrelid)::float8 END AS "toastBytes",
  c.relkind IN ('r', 'm', 'p') AND (row_security_active(c.oid) OR EXISTS (SELECT FROM pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND NOT has_column_privilege(c.oid, a.attnum, 'SELECT'))) AS "isHidden"
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
WHERE c.relkind IN ('r', 'p', 'm', 'i') AND ${described}`,
  columns: `SELECT c.oid::int8::float8 AS relation, s.attname AS name, s.avg_width AS width, s.null_frac::float8 AS nulls,
  s.n_distinct::float8 AS distinct, s.correlation::float8 AS correlation
FROM pg_stats s JOIN pg_namespace n ON n.nspname = s.schemaname JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename
WHERE s.inherited = (c.relkind = 'p') AND ${described}`,
  sequences: `SELECT n.nspname AS schema, c.relname AS name, a.attrelid::int8::float8 AS table, a.attname AS column, s.last_value::float8 AS "lastValue"
FROM (SELECT objid AS sequence, refobjid AS relation, refobjsubid AS number FROM pg_depend
    WHERE classid = 'pg_class'::regclass AND refclassid = classid AND deptype IN ('a', 'i')
  UNION SELECT d.refobjid, f.adrelid, f.adnum FROM pg_depend d JOIN pg_attrdef f ON f.oid = d.objid
    WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'n') used
  JOIN pg_class c ON c.oid = used.sequence AND c.relkind = 'S' JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = used.relation AND a.attnum = used.number
  JOIN pg_sequences s ON s.schemaname = n.nspname AND s.sequencename = c.relname
WHERE a.atttypid IN ('int2'::regtype, 'int4'::regtype) AND ${described}
ORDER BY used.sequence, a.attrelid, a.attnum`,
} as const;

const kinds: Readonly<Record<string, StatisticsKind>> = {
  r: "table",
  p: "partitioned table",
  m: "materialized view",
  i: "index",
};

/** A table whose figures are missing, and why. */
export interface MissingStatistics {
  readonly relation: string;
  /** `hidden` from the role, as it may not read a column or row-level security applies. */
  readonly reason: "never analysed" | "hidden";
}

/** The figures of a database without its place in the chain, and the tables without figures. */
export interface ReadStatistics {
  readonly statistics: Pick<
    DatabaseStatistics,
    "server" | "blockSize" | "maintenanceMemory" | "takenAt" | "relations"
  >;
  readonly missing: readonly MissingStatistics[];
}

/** Six digits are what `float4` keeps. */
function rounded(number: number): number {
  return Number(number.toPrecision(6));
}

/** Before PostgreSQL 14, a relation that was never analysed has 0 rows in 0 pages; since then, -1 rows. */
function rowsOf({ rows, pages, bytes, kind }: RelationRow): number | null {
  if (kind !== "p" && bytes === 0) return 0;
  return rows < 0 || (rows === 0 && pages === 0) ? null : rounded(rows);
}

function sorted<Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function columnsOf(rows: readonly ColumnRow[]): Record<string, ColumnStatistics> {
  return sorted(
    rows.map(({ name, width, nulls, distinct, correlation }) => [
      name,
      {
        width,
        nulls: rounded(nulls),
        distinct: rounded(distinct),
        correlation: correlation === null ? null : rounded(correlation),
      },
    ]),
  );
}

/**
 * Reads the sizes and distributions of a database on one snapshot; no value of a column.
 * @throws the server's error where a table stays locked exclusively, as its size is not known then
 */
export async function readStatistics(session: Session): Promise<ReadStatistics> {
  const rows = await session.snapshot<StatisticsRows>(queries);
  const [server] = rows.server;
  if (server === undefined) throw new Error("the server answered a query of one row with none");
  const names = new Map(rows.relations.map(({ oid, schema, name }) => [oid, dotted(schema, name)]));
  const columns = new Map<number, ColumnRow[]>();
  for (const row of rows.columns) columns.set(row.relation, [...(columns.get(row.relation) ?? []), row]);
  const missing: MissingStatistics[] = [];
  const entries = rows.relations.map((row): readonly [string, RelationStatistics] => {
    const { oid, kind, table, pages, bytes, toastBytes } = row;
    const relation = names.get(oid) ?? "";
    const own = columns.get(oid) ?? [];
    const count = rowsOf(row);
    // The columns of a partitioned table are analysed on request only: those of its partitions count.
    const isTable = kind === "r" || kind === "m";
    if (isTable && count !== 0 && (count === null || own.length === 0))
      missing.push({ relation, reason: row.isHidden && count !== null ? "hidden" : "never analysed" });
    return [
      relation,
      {
        kind: kinds[kind] ?? "table",
        ...(table !== null && { table: names.get(table) ?? "" }),
        rows: count,
        pages,
        bytes,
        ...(toastBytes !== null && { toastBytes }),
        ...(own.length > 0 && { columns: columnsOf(own) }),
      },
    ];
  });
  const sequences = rows.sequences.map(
    ({ schema, name, table, column, lastValue }): readonly [string, RelationStatistics] => [
      dotted(schema, name),
      { kind: "sequence", column: `${names.get(table) ?? ""}.${dotted(column)}`, lastValue },
    ],
  );
  return {
    statistics: { ...server, relations: sorted([...entries, ...sequences]) },
    missing: missing.sort((a, b) => (a.relation < b.relation ? -1 : 1)),
  };
}
