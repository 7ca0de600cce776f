import { keyOf, type SchemaObject } from "../schema/model.ts";
import { dotted, plainName } from "../schema/names.ts";
import { isOfTimescale, userRelations } from "./fragments.ts";
import { inWords, listOf, numbersOf } from "./names.ts";
import { catalogs, needsOf, type Registry } from "./registry.ts";

export interface TriggerRow {
  readonly oid: number;
  readonly relation: number;
  readonly name: string;
  readonly bits: number;
  readonly columns: string;
  readonly definition: string | null;
  readonly functionOid: number;
  readonly functionSchema: string;
  readonly functionName: string;
  readonly arguments: string | null;
  readonly enabled: string;
  readonly constraint: boolean;
  readonly referenced: number;
  readonly deferrable: boolean;
  readonly deferred: boolean;
  readonly oldTable: string | null;
  readonly newTable: string | null;
  /** Whether it is the copy of a partitioned table's trigger. */
  readonly isCopy: boolean;
}

/**
 * Without the internal triggers of foreign keys; copies of row triggers on partitions only where they fire differently
 * from their originals; without the triggers that TimescaleDB adds to hypertables. A condition is only available as part of the whole definition: pg_get_expr knows neither OLD nor NEW.
 */
export const triggersSql = `SELECT t.oid, t.tgrelid AS "relation", t.tgname AS "name", t.tgtype AS "bits", t.tgattr::text AS "columns",
    CASE WHEN t.tgqual IS NOT NULL THEN pg_catalog.pg_get_triggerdef(t.oid) END AS "definition",
    p.oid AS "functionOid", n.nspname AS "functionSchema", p.proname AS "functionName",
    CASE WHEN t.tgnargs > 0 THEN pg_catalog.encode(t.tgargs, 'hex') END AS "arguments", t.tgenabled::text AS "enabled",
    t.tgconstraint <> 0 AS "constraint", t.tgconstrrelid AS "referenced", t.tgdeferrable AS "deferrable", t.tginitdeferred AS "deferred",
    t.tgoldtable AS "oldTable", t.tgnewtable AS "newTable", t.tgparentid <> 0 AS "isCopy"
  FROM pg_catalog.pg_trigger t
  JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  WHERE NOT t.tgisinternal AND (t.tgparentid = 0 OR t.tgenabled <> (SELECT o.tgenabled FROM pg_catalog.pg_trigger o WHERE o.oid = t.tgparentid)) AND t.tgrelid IN ${userRelations} AND NOT ${isOfTimescale("n")}`;

/** Bits of tgtype, from PostgreSQL's source (catalog/pg_trigger.h). */
const bit = { row: 1, before: 2, insert: 4, delete: 8, update: 16, truncate: 32, insteadOf: 64 };
const events = ["insert", "update", "delete", "truncate"] as const;
export const enabledWords = { O: "origin", D: "disabled", R: "replica", A: "always" };

function timing(bits: number): string {
  if ((bits & bit.insteadOf) !== 0) return "instead of";
  return (bits & bit.before) !== 0 ? "before" : "after";
}

function condition(definition: string | null): string | null {
  return definition?.match(/ WHEN \((.*)\) EXECUTE (?:FUNCTION|PROCEDURE) /s)?.[1] ?? null;
}

/** Each argument ends with a zero byte. Returned as literals, separated by commas. */
function argumentsOf(hex: string | null): string | null {
  if (hex === null) return null;
  const texts = Buffer.from(hex, "hex").toString("utf8").split("\0").slice(0, -1);
  return texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(", ");
}

/** The copies on partitions that fire differently from their originals, as `name: disabled`, by table. */
export function triggerStates(rows: readonly TriggerRow[]): ReadonlyMap<number, string> {
  const states = new Map<number, string>();
  for (const { relation, name, enabled } of rows.filter(({ isCopy }) => isCopy)) {
    const known = states.get(relation);
    const state = `${plainName(name)}: ${inWords(enabledWords, enabled)}`;
    states.set(relation, known === undefined ? state : `${known}, ${state}`);
  }
  return states;
}

export function triggerObjects(rows: readonly TriggerRow[], registry: Registry): SchemaObject[] {
  return rows.flatMap((row): SchemaObject[] => {
    const relation = registry.relation(row.relation);
    if (relation === undefined || row.isCopy) return [];
    const name = `${relation.name}.${plainName(row.name)}`;
    const columns = numbersOf(row.columns);
    return [
      {
        kind: "trigger",
        name,
        attributes: {
          timing: timing(row.bits),
          events: listOf(events.filter((event) => (row.bits & bit[event]) !== 0)),
          columns: listOf(registry.columnNames(row.relation, columns).sort()),
          level: (row.bits & bit.row) !== 0 ? "row" : "statement",
          condition: condition(row.definition),
          function: dotted(row.functionSchema, row.functionName),
          arguments: argumentsOf(row.arguments),
          enabled: inWords(enabledWords, row.enabled),
          constraint: row.constraint,
          referencedTable: row.referenced === 0 ? null : (registry.relation(row.referenced)?.name ?? "?"),
          deferrable: row.deferrable,
          initiallyDeferred: row.deferred,
          oldTable: row.oldTable,
          newTable: row.newTable,
          comment: registry.comment(catalogs.trigger, row.oid),
        },
        needs: needsOf(keyOf("trigger", name), [
          relation.key,
          registry.key(catalogs.proc, row.functionOid),
          registry.key(catalogs.class, row.referenced),
          ...registry.columnKeys(row.relation, columns),
          ...registry.uses(catalogs.trigger, row.oid),
        ]),
      },
    ];
  });
}
