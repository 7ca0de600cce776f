/** A relation, by its name as SQL writes it. */
export interface RelationFacts {
  readonly name: string;
  /** Schema and name without quotes. */
  readonly path: readonly [schema: string, name: string];
  /** `relkind` of pg_class: `r` table, `p` partitioned table, `m`, `v`, `S`, `f`, `i` index, `I` partitioned index. */
  readonly kind: string;
  /** The number of its file; 0 without one. */
  readonly node: number;
  /** Sequential scans that the session has counted so far. */
  readonly scans: number;
}

export interface ColumnFacts {
  readonly relation: number;
  readonly name: string;
  /** Type, its modifier and its collation. */
  readonly type: string;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
  readonly identity: boolean;
  readonly generated: "" | "s" | "v";
}

export interface ConstraintFacts {
  readonly name: string;
  /** `contype` of pg_constraint: `c`, `f`, `n`, `p`, `u`, `x`, `t`. */
  readonly type: string;
  /** The table; 0 for a constraint of a domain. */
  readonly table: number;
  /** The referenced table of a foreign key, else 0. */
  readonly referenced: number;
  readonly validated: boolean;
  readonly index: number;
  readonly parent: number;
  /** The domain, else 0. */
  readonly domain: number;
  readonly columns: readonly number[];
}

export interface IndexFacts {
  readonly table: number;
  readonly valid: boolean;
  readonly unique: boolean;
  readonly columns: readonly number[];
}

/** A part of a table whose definition is only compared. */
export interface PartFacts {
  readonly table: number;
  readonly name: string;
  readonly definition: string;
}

export interface HeldLock {
  readonly oid: number;
  /** As pg_locks writes it, for example `ShareRowExclusiveLock`. */
  readonly mode: string;
}

/** What the catalogs say between two statements; maps are by oid, columns by `table.number`. */
export interface CatalogFacts {
  readonly relations: ReadonlyMap<number, RelationFacts>;
  readonly columns: ReadonlyMap<string, ColumnFacts>;
  readonly constraints: ReadonlyMap<number, ConstraintFacts>;
  readonly indexes: ReadonlyMap<number, IndexFacts>;
  /** Parents of partitions, of tables that inherit, and of indexes of partitions. */
  readonly parents: ReadonlyMap<number, number>;
  readonly triggers: ReadonlyMap<number, PartFacts>;
  readonly policies: ReadonlyMap<number, PartFacts>;
  /** Tables of columns by the sequence that they own. */
  readonly owners: ReadonlyMap<number, string>;
  /** Versions of the extensions by name. */
  readonly extensions: ReadonlyMap<string, string>;
  /** Locks of the session's transaction on relations of the database, without AccessShareLock. */
  readonly locks: readonly HeldLock[];
  /** Oids and names of all schemas. */
  readonly schemas: string;
  readonly lockTimeout: string;
  readonly replicationRole: string;
}

/** Whether a `relkind` is that of an index. */
export function isIndex(kind: string): boolean {
  return kind === "i" || kind === "I";
}
