import type { DatabaseStatistics } from "../../statistics/model.ts";
import { type CatalogFacts, isIndex, type RelationFacts } from "../catalog-facts.ts";
import type { Measured } from "../outcome.ts";
import { deduplicates, StatisticsOf, Unknown } from "./columns.ts";
import { type BtreeInput, blockSize, btreeBytes, heapBytes, type Part, sortBytes } from "./layout.ts";
import type { PlannedReads } from "./reads.ts";
import { rowsNow } from "./restored.ts";
import type { Sizes } from "./stated.ts";
import { concurrentWork, totalWork, validatesForeignKey, type Work, workKinds } from "./work.ts";

/** The words with which statements begin that read or change rows by a plan. */
const planned: ReadonlySet<string> = new Set(
  "SELECT INSERT UPDATE DELETE MERGE WITH VALUES TABLE COPY DO CALL EXECUTE".split(" "),
);

/** Below this size of its table, no worker helps to build an index (`min_parallel_table_scan_size`). */
const parallelSize = 8 * 1024 * 1024;

interface Written {
  readonly bytes: number;
  readonly sorted: number;
  readonly work: Work;
}

const nothing: Written = { bytes: 0, sorted: 0, work: {} };

/** The sizes of a database while the statements of a rehearsal run. */
export class SizeBook {
  private readonly statistics: StatisticsOf;
  private readonly maintenanceMemory: number;
  /** Current sizes of files that the run has written, by oid. */
  private readonly written = new Map<number, number>();
  /** Rows of tables that the run has emptied. */
  private readonly emptied = new Set<number>();
  private readonly known: ReadonlySet<number>;

  /** @param base the catalogs of the shadow before the first statement */
  constructor(statistics: Pick<DatabaseStatistics, "maintenanceMemory" | "relations">, base: CatalogFacts) {
    this.statistics = new StatisticsOf(statistics, base);
    this.maintenanceMemory = statistics.maintenanceMemory;
    this.known = new Set(base.relations.keys());
  }

  /** What the next statement writes and reads, and what takes its time: undefined where that is a query. */
  next(outcome: Measured): { readonly sizes: Sizes; readonly work: Work | undefined } {
    const { statement } = outcome;
    if (statement.words[0] === "TRUNCATE") this.empty(outcome);
    const isPlanned = planned.has(statement.words[0] ?? "");
    const read = this.rowsRead(outcome, isPlanned);
    const written =
      isPlanned && outcome.locks.some(({ mode }) => mode === "RowExclusiveLock")
        ? new Unknown("how many rows it changes depends on their values")
        : this.allWritten(outcome);
    const reasons = {
      ...(written instanceof Unknown && { bytes: written.reason }),
      ...(read instanceof Unknown && { rows: read.reason }),
    };
    const sizes = {
      ...(!(written instanceof Unknown) && { bytes: written.bytes, temporaryBytes: written.sorted }),
      ...(!(read instanceof Unknown) && { rows: read }),
      ...(Object.keys(reasons).length > 0 && { unknown: reasons }),
    };
    return { sizes, work: workOf(outcome, isPlanned, written, read) };
  }

  /** TRUNCATE keeps the file of a table that the same transaction has written, and empties it. */
  private empty({ locks }: Measured): void {
    for (const { oid, mode } of locks) if (mode === "AccessExclusiveLock") this.emptied.add(oid);
  }

  private rowsOf(oid: number, { name }: RelationFacts): number | Unknown {
    if (this.emptied.has(oid)) return 0;
    const found = this.statistics.relation(oid);
    if (found === undefined) return new Unknown(`the statistics do not have ${name}`);
    return rowsNow(found) ?? new Unknown(`${name} was never analysed`);
  }

  private bytesOf(oid: number, facts: RelationFacts): number | Unknown {
    const bytes = this.written.get(oid) ?? this.statistics.index(oid, facts)?.bytes;
    return bytes ?? new Unknown(`the statistics do not have ${facts.name}`);
  }

  private rowsRead(outcome: Measured, isPlanned: boolean): number | Unknown {
    const { scans, before, statement, reads } = outcome;
    if (reads !== undefined) return this.rowsPlanned(reads, outcome);
    if (scans.length === 0) return 0;
    if (isPlanned) return new Unknown("how it reads its tables depends on the plan of the target");
    // "PostgreSQL must perform two scans of the table" (CREATE INDEX, Building Indexes Concurrently).
    const passes = statement.words.includes("CONCURRENTLY") && statement.words.includes("INDEX") ? 2 : 1;
    let sum = 0;
    for (const [oid, facts] of before.relations) {
      if (!scans.includes(facts.name)) continue;
      const rows = this.rowsOf(oid, facts);
      if (rows instanceof Unknown) return rows;
      sum += rows * passes;
    }
    return sum;
  }

  private rowsPlanned(
    { inFull, tables, unknown }: PlannedReads,
    { scans, after }: Measured,
  ): number | Unknown {
    if (unknown !== undefined) return new Unknown(unknown);
    const planned = new Set([...tables].map((oid) => after.relations.get(oid)?.name));
    const other = scans.find((name) => !planned.has(name));
    if (other !== undefined) return new Unknown(`a trigger or a function reads ${other}`);
    let sum = 0;
    for (const oid of inFull) {
      const facts = after.relations.get(oid);
      if (facts === undefined || !this.known.has(oid)) continue;
      const rows = this.rowsOf(oid, facts);
      if (rows instanceof Unknown) return rows;
      sum += rows;
    }
    return sum;
  }

  private allWritten(outcome: Measured): Written | Unknown {
    const { before, after, statement } = outcome;
    const nodes = new Set([...before.relations.values()].map(({ node }) => node));
    let [bytes, sorted, replaced] = [0, 0, 0];
    const work: Work[] = [];
    let unknown: Unknown | undefined;
    for (const [oid, facts] of after.relations) {
      if (!/[rmi]/.test(facts.kind) || facts.node === 0 || nodes.has(facts.node)) continue;
      const table = isIndex(facts.kind) ? after.indexes.get(oid)?.table : oid;
      if (table === undefined || !this.known.has(table)) continue;
      const old = this.replacedBy(oid, facts, before);
      const one = this.writtenOf(oid, table, outcome, old);
      if (one instanceof Unknown) unknown ??= one;
      else {
        bytes += one.bytes;
        sorted += one.sorted;
        work.push(one.work);
        this.written.set(oid, one.bytes);
      }
      replaced += old instanceof Unknown ? 0 : (old ?? 0);
    }
    if (statement.words.includes("REFRESH") && statement.words.includes("CONCURRENTLY"))
      unknown ??= new Unknown("it writes the rows that have changed");
    return unknown ?? { bytes, sorted: sorted + replaced, work: totalWork(work) };
  }

  /** The size of the file that a relation had; undefined for a new one. */
  private replacedBy(oid: number, facts: RelationFacts, before: CatalogFacts): number | Unknown | undefined {
    if (before.relations.has(oid)) return this.bytesOf(oid, facts);
    for (const [old, { name, kind }] of before.relations)
      if (isIndex(kind) && name === facts.name) return this.bytesOf(old, facts);
    return undefined;
  }

  private writtenOf(
    oid: number,
    table: number,
    { after, statement }: Measured,
    old: number | Unknown | undefined,
  ): Written | Unknown {
    const facts = after.relations.get(oid);
    const owner = after.relations.get(table);
    if (facts === undefined || owner === undefined) return nothing;
    // Files are copied as they are.
    if (statement.words.includes("TABLESPACE") && old !== undefined)
      return old instanceof Unknown ? old : { bytes: old, sorted: 0, work: { [workKinds.copies]: old } };
    if (statement.words.includes("REFRESH") && statement.words.includes("NO")) this.emptied.add(oid);
    const rows = this.rowsOf(table, owner);
    if (rows instanceof Unknown) return rows;
    return isIndex(facts.kind)
      ? this.indexOf(oid, facts, after, { rows, old, owner })
      : this.heapOf(oid, facts, after, rows);
  }

  private heapOf(oid: number, facts: RelationFacts, after: CatalogFacts, rows: number): Written | Unknown {
    const { toastBytes } = this.statistics.relation(oid) ?? {};
    // An empty TOAST table has an index of one block.
    if (rows === 0) return { ...nothing, bytes: toastBytes === undefined ? 0 : blockSize };
    const parts: Part[] = [];
    const columns = [...after.columns].filter(([, { relation }]) => relation === oid);
    for (const [key, column] of columns.sort(([a], [b]) => numberOf(a) - numberOf(b))) {
      const part = this.statistics.part(key, column);
      if (part instanceof Unknown) return part;
      parts.push(part);
    }
    const bytes = heapBytes(rows, parts, facts) + (toastBytes ?? 0);
    return { bytes, sorted: 0, work: { [workKinds.tables]: bytes } };
  }

  private indexOf(
    oid: number,
    facts: RelationFacts,
    after: CatalogFacts,
    {
      rows,
      old,
      owner,
    }: {
      readonly rows: number;
      readonly old: number | Unknown | undefined;
      readonly owner: RelationFacts;
    },
  ): Written | Unknown {
    const index = after.indexes.get(oid);
    if (index === undefined) return nothing;
    const own = this.statistics.index(oid, facts);
    const entries = index.partial ? Math.min(rows, own?.rows ?? 0) : rows;
    const work = { [workKinds.entries(index.method)]: entries };
    if (rows > 0 && index.method !== "btree")
      return typeof old === "number"
        ? { bytes: old, sorted: 0, work }
        : new Unknown(
            `the size of ${facts.name}, an index of the method ${index.method}, depends on the values`,
          );
    if (rows > 0 && index.partial && typeof own?.rows !== "number")
      return new Unknown(`how many rows the partial index ${facts.name} has depends on the values`);
    const input = this.btreeOf(oid, after, entries, own?.columns);
    if (input instanceof Unknown) return typeof old === "number" ? { bytes: old, sorted: 0, work } : input;
    const sort = sortBytes(input);
    const heap = this.bytesOf(index.table, owner);
    const isParallel = typeof heap === "number" && heap >= parallelSize;
    const sorted = isParallel || sort > this.maintenanceMemory ? sort : 0;
    return { bytes: btreeBytes(input), sorted, work };
  }

  private btreeOf(
    oid: number,
    after: CatalogFacts,
    rows: number,
    expressions: Readonly<
      Record<string, { readonly width: number; readonly nulls: number; readonly distinct: number }>
    > = {},
  ): BtreeInput | Unknown {
    const index = after.indexes.get(oid);
    const { fillfactor } = after.relations.get(oid) ?? {};
    if (index === undefined) return new Unknown("the index was dropped");
    const parts: Part[] = [];
    const types: string[] = [];
    let distinct: number | undefined = 1;
    for (const [i, number] of index.columns.entries()) {
      const key = `${index.table}.${number}`;
      const column = after.columns.get(key);
      const expression = index.expressions[i];
      if (column !== undefined) {
        const part = this.statistics.part(key, column);
        if (part instanceof Unknown) return part;
        parts.push(part);
        types.push(column.type);
        if (i < index.keys) distinct = timesDistinct(distinct, this.statistics.distinct(key), rows);
      } else if (expression !== undefined) {
        const { length, align, name, type } = expression;
        const own = expressions[name];
        if (length < 0 && own === undefined)
          return new Unknown(`the width of an expression of the index depends on the values`);
        parts.push({ length, align, width: own?.width ?? length, nulls: own?.nulls ?? 0 });
        types.push(type);
        if (i < index.keys) distinct = timesDistinct(distinct, own?.distinct, rows);
      }
    }
    const isListed = deduplicates(index, types) && distinct !== undefined;
    return {
      rows,
      parts,
      distinct: distinctOf(distinct, rows, index.keys),
      deduplicates: isListed,
      fillfactor,
    };
  }
}

/** @param distinct `n_distinct` of one more column; 0 for one of nulls alone, or of a type that cannot be compared */
function timesDistinct(
  product: number | undefined,
  distinct: number | undefined,
  rows: number,
): number | undefined {
  if (product === undefined || distinct === undefined) return undefined;
  return product * Math.max(1, distinct < 0 ? -distinct * rows : distinct);
}

/** Distinct keys: of several independent columns, as many combinations as the rows are expected to meet. */
function distinctOf(product: number | undefined, rows: number, keys: number): number {
  if (product === undefined) return rows;
  return keys === 1 ? product : product * (1 - Math.exp(-rows / product));
}

function numberOf(key: string): number {
  return Number(key.split(".")[1]);
}

function workOf(
  { statement, before, after }: Measured,
  isPlanned: boolean,
  written: Written | Unknown,
  read: number | Unknown,
): Work | undefined {
  if (isPlanned || written instanceof Unknown || read instanceof Unknown) return undefined;
  if (statement.words.includes("REFRESH") && read > 0) return undefined;
  if (validatesForeignKey(before, after)) return { ...written.work, [workKinds.joins]: read };
  if (written.bytes === 0) return { [workKinds.checks]: read };
  return statement.words.includes("CONCURRENTLY") ? concurrentWork(written.work) : written.work;
}
