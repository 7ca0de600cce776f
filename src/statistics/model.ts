/** Sizes and distributions of a database, without a value of any column. */

/** Figures of a column, as the last ANALYZE left them in `pg_stats` (manual, section 53.28). */
export interface ColumnStatistics {
  /** Average stored width of the values that are not null, in bytes, with the header of a variable-length value. */
  readonly width: number;
  /** Fraction of nulls, from 0 to 1. */
  readonly nulls: number;
  /** `n_distinct`: the number of distinct values, or the negative of their fraction of the rows. */
  readonly distinct: number;
  /** Between the order of the values and the order on disk, from -1 to 1; null where the type has no order. */
  readonly correlation: number | null;
}

/** The kinds of relations in statistics. */
export type StatisticsKind = "table" | "partitioned table" | "materialized view" | "index" | "sequence";

export interface RelationStatistics {
  readonly kind: StatisticsKind;
  /** `reltuples`: rows, or entries of an index, when it was last analysed or vacuumed; null if it never was. */
  readonly rows?: number | null | undefined;
  /** `relpages`: its size at that time, in blocks. */
  readonly pages?: number | undefined;
  /** The size of its main file when the statistics were taken. */
  readonly bytes?: number | undefined;
  /** The size of its TOAST table with that table's index; absent without one. */
  readonly toastBytes?: number | undefined;
  /** The table of an index. */
  readonly table?: string | undefined;
  /** The integer column that a sequence numbers: `schema.table.column`. */
  readonly column?: string | undefined;
  /** The last number that a sequence gave; null if it gave none, or the role may not read it. */
  readonly lastValue?: number | null | undefined;
  /** By name; of an index, its expressions. */
  readonly columns?: Readonly<Record<string, ColumnStatistics>> | undefined;
}

/** A migration whose duration the ledger has, and whose work the statistics before it tell. */
export interface KnownDuration {
  readonly number: number;
  readonly durationMs: number;
  /** Amounts of what it did, by kind of work, such as `bytes of tables` and `btree entries`. */
  readonly work: Readonly<Record<string, number>>;
}

/** Figures of a database at one point of its chain. */
export interface DatabaseStatistics {
  /** As documents and servers call it. */
  readonly name: string;
  /** Number of the last applied migration; null without one. */
  readonly head: number | null;
  /** The last phase that is fully applied; null for none. */
  readonly phase: number | null;
  /** `server_version_num`. */
  readonly server: number;
  /** In bytes. */
  readonly blockSize: number;
  /** `maintenance_work_mem` of the role, in bytes. */
  readonly maintenanceMemory: number;
  /** ISO 8601, in UTC, by the server's clock. */
  readonly takenAt: string;
  /** Tables whose columns were left out, as the file would be too large. */
  readonly withoutColumns?: readonly string[] | undefined;
  /** Of migrations that were applied between two pulls, by number. */
  readonly durations?: readonly KnownDuration[] | undefined;
  /** By `schema.name`, sorted. */
  readonly relations: Readonly<Record<string, RelationStatistics>>;
}

/** The content of a statistics file. */
export interface Statistics {
  readonly kind: typeof statisticsKind;
  readonly schemaVersion: typeof statisticsVersion;
  /** By key. */
  readonly databases: Readonly<Record<string, DatabaseStatistics>>;
}

/** What distinguishes a statistics file from other JSON. */
export const statisticsKind = "socrates-db statistics";
/** The version of the format. */
export const statisticsVersion = 1;
