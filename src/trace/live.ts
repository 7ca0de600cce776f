import type { Session } from "../database/session.ts";
import { type Attribute, keyOf, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";
import { ownName } from "../schema/names.ts";
import type { ShadowOptions } from "../shadow/cache.ts";
import { withPrinter } from "../shadow/printer.ts";
import { redeparse } from "../shadow/redeparse.ts";
import type { ChainSchemas } from "../sources/of-migrations.ts";
import { literal } from "../sql/quote.ts";

/** PostgreSQL's estimate of a relation's rows, and its total size on disk. */
export interface Extent {
  /** Null before the first VACUUM or ANALYZE. */
  readonly rows: number | null;
  readonly bytes: number;
}

/** What was read from a live database, or why nothing was. */
export type LiveDatabase =
  | {
      readonly label: string;
      readonly schema: Schema;
      /** Numbers in the ledger; undefined without one. */
      readonly applied: ReadonlySet<number> | undefined;
      readonly extents: ReadonlyMap<ObjectKey, Extent>;
    }
  | { readonly reason: string };

export interface Difference {
  readonly attribute: string;
  readonly expected: Attribute;
  readonly actual: Attribute;
}

/** The state of an object in its live database: `pending` if its migration has not been applied. */
export type LiveState =
  | { readonly state: "unknown"; readonly reason: string }
  | { readonly state: "missing" | "pending"; readonly label: string }
  | {
      readonly state: "present" | "changed";
      readonly label: string;
      readonly object: SchemaObject;
      readonly differences: readonly Difference[];
      readonly extent: Extent | undefined;
    };

/** The relation of a table or an index, for `to_regclass`. */
function relationOf({ kind, name }: SchemaObject): string | undefined {
  if (kind === "table" || kind === "view") return name;
  if (kind !== "index") return undefined;
  const table = name.slice(0, name.length - ownName(name).length - 1);
  return `${table.slice(0, table.length - ownName(table).length)}${ownName(name)}`;
}

/** Reads the size of tables and indexes. */
export async function readExtents(
  session: Session,
  objects: readonly SchemaObject[],
): Promise<Map<ObjectKey, Extent>> {
  const extents = new Map<ObjectKey, Extent>();
  for (const object of objects) {
    const relation = relationOf(object);
    if (relation === undefined) continue;
    // Before PostgreSQL 14 a table that was never analysed has 0 rows, since then -1 (manual, section 52.11).
    const [extent] = await session.read<{ rows: number; bytes: string }>(
      `SELECT reltuples::float8 AS rows, pg_total_relation_size(oid)::text AS bytes FROM pg_class WHERE oid = to_regclass(${literal(relation)})`,
    );
    if (extent !== undefined)
      extents.set(keyOf(object.kind, object.name), {
        rows: extent.rows < 0 ? null : extent.rows,
        bytes: Number(extent.bytes),
      });
  }
  return extents;
}

function differencesOf(expected: SchemaObject, actual: SchemaObject): Difference[] {
  const names = new Set([...Object.keys(expected.attributes), ...Object.keys(actual.attributes)]);
  return [...names].sort().flatMap((attribute) => {
    const values = {
      expected: expected.attributes[attribute] ?? null,
      actual: actual.attributes[attribute] ?? null,
    };
    return values.expected === values.actual ? [] : [{ attribute, ...values }];
  });
}

/** Compares an object with the schema of the applied migrations; without a ledger, of all of them. */
export async function liveState(
  { kind, name }: SchemaObject,
  chain: ChainSchemas,
  live: LiveDatabase,
  shadow: ShadowOptions,
): Promise<LiveState> {
  if ("reason" in live) return { state: "unknown", reason: live.reason };
  const key = keyOf(kind, name);
  const { label, schema, applied } = live;
  const head = chain.steps.findLast(({ file }) => applied === undefined || applied.has(file.number));
  const expected = (head?.after ?? chain.empty).objects.get(key);
  const actual = schema.objects.get(key);
  if (actual === undefined) return { state: expected === undefined ? "pending" : "missing", label };
  const extent = live.extents.get(key);
  const present = { label, object: actual, extent };
  if (expected === undefined || differencesOf(expected, actual).length === 0)
    return { state: "present", differences: [], ...present };
  const made = head?.after ?? chain.empty;
  const printed = await withPrinter(shadow, (printer) => redeparse(made, schema, printer));
  const differences = differencesOf(expected, printed.objects.get(key) ?? actual);
  return { state: differences.length === 0 ? "present" : "changed", differences, ...present };
}
