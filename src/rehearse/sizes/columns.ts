import { dotted } from "../../schema/names.ts";
import type { ColumnStatistics, DatabaseStatistics, RelationStatistics } from "../../statistics/model.ts";
import type { CatalogFacts, ColumnFacts, IndexFacts, RelationFacts } from "../catalog-facts.ts";
import type { Part } from "./layout.ts";

/** A size that cannot be told, with the reason. */
export class Unknown {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** A column in the statistics, with its type when they were taken. */
interface KnownColumn extends ColumnStatistics {
  readonly type: string;
}

/** Types whose values keep their stored width in each other: text and varchar, numerics. */
const families: readonly (readonly string[])[] = [["25", "1043"], ["1700"]];

/** Types whose equal values are the same bytes, so that an index stores them once (`btequalimage`). */
const equalImages: ReadonlySet<string> = new Set(
  // bool, bytea, char, name, int8, int2, int4, text, oid, varchar, bpchar, date, time, timestamp, timestamptz, uuid
  "16 17 18 19 20 21 23 25 26 1043 1042 1082 1083 1114 1184 2950".split(" "),
);

function oidOf(type: string): string {
  return type.split("/")[0] ?? "";
}

function keepsWidth(before: string, now: string): boolean {
  const [old, own] = [oidOf(before), oidOf(now)];
  return old === own || families.some((family) => family.includes(old) && family.includes(own));
}

/** The columns and relations of a database's statistics, by the oids of a shadow. */
export class StatisticsOf {
  private readonly relations = new Map<number, RelationStatistics>();
  private readonly indexes = new Map<string, RelationStatistics>();
  private readonly columns = new Map<string, KnownColumn>();

  /** @param base the catalogs of the shadow at the place in the chain where the statistics were taken */
  constructor({ relations }: Pick<DatabaseStatistics, "relations">, base: CatalogFacts) {
    for (const [oid, { name, path }] of base.relations) {
      const found = relations[dotted(...path)];
      if (found === undefined) continue;
      this.relations.set(oid, found);
      if (found.kind === "index") this.indexes.set(name, found);
    }
    for (const [key, { relation, name, type }] of base.columns) {
      const found = this.relations.get(relation)?.columns?.[name];
      if (found !== undefined) this.columns.set(key, { ...found, type });
    }
  }

  relation(oid: number): RelationStatistics | undefined {
    return this.relations.get(oid);
  }

  /** Of an index also by name, as ALTER TABLE rebuilds one under its name. */
  index(oid: number, { name }: RelationFacts): RelationStatistics | undefined {
    return this.relations.get(oid) ?? this.indexes.get(name);
  }

  /** How a column is stored in rows that are written now. @param key `table.number` */
  part(key: string, column: ColumnFacts): Part | Unknown {
    const { length, align, type, name, hasDefault, identity, generated, notNull } = column;
    const known = this.columns.get(key);
    const isStored = hasDefault || identity || notNull || generated === "s";
    const nulls = known?.nulls ?? (isStored ? 0 : 1);
    if (generated === "v") return { length, align, width: 0, nulls: 1 };
    if (length > 0 || nulls === 1) return { length, align, width: length, nulls };
    if (known !== undefined && keepsWidth(known.type, type))
      return { length, align, width: known.width, nulls };
    return new Unknown(
      known === undefined
        ? `the statistics do not have the width of the column ${name}`
        : `the new type of the column ${name} may have another width`,
    );
  }

  /** The figures of a column; undefined for one without statistics. @param key `table.number` */
  column(key: string): ColumnStatistics | undefined {
    return this.columns.get(key);
  }

  /** `n_distinct` of a column; undefined for one without statistics. */
  distinct(key: string): number | undefined {
    return this.columns.get(key)?.distinct;
  }
}

/** Whether an index stores equal keys once. */
export function deduplicates(index: IndexFacts, types: readonly string[]): boolean {
  if (index.unique || index.keys < types.length) return false;
  return types.every((type) => equalImages.has(oidOf(type)));
}
