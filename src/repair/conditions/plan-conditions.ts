import type { ObjectKey, Schema, SchemaObject } from "../../schema/model.ts";
import { parentOf } from "../../schema/names.ts";
import type { Fates } from "../fates.ts";
import { isSet, textOf } from "../names.ts";
import { alwaysCasts } from "./casts.ts";
import type { Condition } from "./condition.ts";
import { KeptRows } from "./kept-rows.ts";
import {
  identityConditions,
  inheritedNotNullConditions,
  newColumnConditions,
  notNullConditions,
  sequenceConditions,
} from "./of-columns.ts";
import { checkCondition, indexExpressionCondition } from "./of-expressions.ts";
import { exclusionCondition, referenceCondition, uniqueCondition } from "./of-keys.ts";
import { partitionConditions } from "./of-partitions.ts";
import { roleConditions } from "./of-roles.ts";
import { domainConditions, retypeConditions } from "./of-types.ts";
import { populationConditions } from "./of-views.ts";

/** What decides whether rows fit a constraint or an index. */
const demands = [
  "type",
  "columns",
  "expression",
  "predicate",
  "unique",
  "nullsNotDistinct",
  "operators",
  "operatorClasses",
  "collations",
  "referencedTable",
  "referencedColumns",
  "match",
  "validated",
  "enforced",
  "noInherit",
  "withoutOverlaps",
];

class Conditions {
  readonly found: Condition[] = [];
  private readonly rows: KeptRows;
  private readonly mayChange: boolean;

  /** @param mayChange whether values may be rounded or shortened */
  constructor(from: Schema, to: Schema, fates: Fates, mayChange: boolean) {
    this.mayChange = mayChange;
    this.rows = new KeptRows(from, to, fates);
    for (const [key, wanted] of to.objects) this.add(key, wanted);
  }

  private add(key: ObjectKey, wanted: SchemaObject): void {
    const { from, fates } = this.rows;
    const is = from.objects.get(key);
    const changes = fates.changes.get(key) ?? new Set<string>();
    switch (wanted.kind) {
      case "column":
        this.addColumn(key, wanted, is, changes);
        break;
      case "constraint":
      case "index":
        if (this.rows.isKept(parentOf(wanted.name)) && this.isChecked(key, wanted, is, changes))
          this.found.push(...this.ofPart(wanted));
        break;
      case "table":
        this.addTable(key, wanted, is, changes);
        break;
      case "type":
        if (is !== undefined && (changes.has("checks") || changes.has("notNull")))
          this.found.push(...domainConditions(wanted, is, this.rows));
        break;
      case "sequence":
        if (["min", "max", "type"].some((name) => changes.has(name)))
          this.found.push(...sequenceConditions(wanted));
        break;
      case "view":
        this.found.push(...populationConditions(wanted, this.rows));
        break;
      default:
    }
  }

  private addColumn(
    key: ObjectKey,
    wanted: SchemaObject,
    is: SchemaObject | undefined,
    changes: ReadonlySet<string>,
  ): void {
    if (!this.rows.isKept(parentOf(wanted.name))) return;
    if (this.rows.isNew(key)) this.found.push(...newColumnConditions(wanted, this.rows));
    if (is === undefined || this.rows.isNew(key)) return;
    if (changes.has("type")) this.found.push(...retypeConditions(wanted, is, this.rows, this.mayChange));
    if (changes.has("notNull") || changes.has("notNullConstraint"))
      this.found.push(...notNullConditions(wanted, is));
    if (changes.has("identityOptions")) this.found.push(...identityConditions(wanted, is));
  }

  private addTable(
    key: ObjectKey,
    wanted: SchemaObject,
    is: SchemaObject | undefined,
    changes: ReadonlySet<string>,
  ): void {
    if (is !== undefined && changes.has("columnNotNulls"))
      this.found.push(...inheritedNotNullConditions(wanted, is));
    const isPlaced = this.rows.isNew(key) || changes.has("partitionOf") || changes.has("partitionBound");
    if (isPlaced && textOf(wanted, "partitionOf") !== undefined)
      this.found.push(...partitionConditions(wanted, this.rows));
  }

  /** Whether PostgreSQL checks the rows again, with another result than before. */
  private isChecked(
    key: ObjectKey,
    wanted: SchemaObject,
    is: SchemaObject | undefined,
    changes: ReadonlySet<string>,
  ): boolean {
    if (wanted.attributes["validated"] === false || wanted.attributes["enforced"] === false) return false;
    if (changes.has("validated") || this.losesDifferences(wanted)) return true;
    // Otherwise, the table has it already from a table above.
    if (is === undefined) return this.rows.isNew(key);
    return (
      this.rows.isNew(key) &&
      demands.some((name) => (wanted.attributes[name] ?? null) !== (is.attributes[name] ?? null))
    );
  }

  /** Whether values of its columns may become equal, or fail an expression, with their new types. */
  private losesDifferences({ needs }: SchemaObject): boolean {
    const { from, to, fates } = this.rows;
    return needs.some((need) => {
      const [wanted, is] = [to.objects.get(need), from.objects.get(need)];
      if (wanted?.kind !== "column" || is === undefined) return false;
      const types = [textOf(is, "type") ?? "", textOf(wanted, "type") ?? ""] as const;
      return (
        this.rows.isNew(need) || (fates.changes.get(need)?.has("type") === true && !alwaysCasts(...types))
      );
    });
  }

  private ofPart(wanted: SchemaObject): Condition[] {
    const { rows } = this;
    if (wanted.kind === "index")
      return [
        ...indexExpressionCondition(wanted, rows),
        ...(isSet(wanted, "unique") && !isSet(wanted, "ofPartition") ? uniqueCondition(wanted, rows) : []),
      ];
    switch (textOf(wanted, "type")) {
      case "check":
        return checkCondition(wanted, rows);
      case "foreign key":
        return referenceCondition(wanted, rows);
      case "exclusion":
        return exclusionCondition(wanted, rows);
      default:
        return isSet(wanted, "withoutOverlaps")
          ? exclusionCondition(wanted, rows)
          : uniqueCondition(wanted, rows);
    }
  }
}

/** Which roles must exist, and what rows must be like so that they also fit another schema, as far as that can be said before. */
export function planConditions(
  from: Schema,
  to: Schema,
  fates: Fates,
  { allowDrops }: { readonly allowDrops: boolean },
): readonly Condition[] {
  const { found } = new Conditions(from, to, fates, allowDrops);
  // Values that do not fit a type come first: what they are compared with assumes that they do.
  const isOfColumn = ({ object }: Condition) => object.startsWith("column ");
  return [
    ...roleConditions(from, to),
    ...found.filter(isOfColumn),
    ...found.filter((condition) => !isOfColumn(condition)),
  ];
}
