import { nameIn, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";
import { hostName, nameInSchema, sqlName } from "./names.ts";
import { rewritesForColumn, rewritesType } from "./rewrites.ts";
import { type Cost, type LockMode, type StatementRule, statementRules } from "./statement-rules.ts";

/** The strongest lock of a statement, and the relations that it takes it on, as SQL names. */
export interface StatementLock {
  readonly mode: LockMode;
  readonly relations: readonly string[];
}

/** What a statement means for other sessions and for rows. */
export interface Effect {
  /** Undefined if it takes at most ACCESS SHARE and ROW SHARE on relations that exist before the script. */
  readonly lock: StatementLock | undefined;
  readonly cost: Cost;
}

/** The relations of a schema as SQL names. */
function relationsOf({ objects }: Schema): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { kind, name } of objects.values())
    if (["table", "view", "sequence"].includes(kind)) names.add(sqlName(name));
    else if (kind === "index" || kind === "constraint") names.add(nameInSchema(name));
  return names;
}

/** Says what statements of a script from one schema to another mean. */
export class Effects {
  private readonly existing: ReadonlySet<string>;
  private readonly from: Schema;
  private readonly to: Schema;

  constructor(from: Schema, to: Schema) {
    this.from = from;
    this.to = to;
    this.existing = relationsOf(from);
  }

  /** @param object what the statement creates, changes or drops */
  of(sql: string, object: ObjectKey): Effect {
    for (const rule of statementRules) {
      const groups = rule.pattern.exec(sql)?.groups;
      if (groups !== undefined) return this.apply(rule, groups, object);
      if (rule.mode === undefined && rule.pattern.test(sql))
        return { lock: undefined, cost: this.cost(rule, object) };
    }
    return { lock: undefined, cost: "catalog only" };
  }

  private apply(
    rule: StatementRule,
    { table, other, index }: Readonly<Record<string, string | undefined>>,
    object: ObjectKey,
  ): Effect {
    const own = index === undefined ? table : hostName(nameIn(object));
    const relations = [own, other].flatMap((name) =>
      name !== undefined && this.existing.has(name) ? [name] : [],
    );
    const isNew = own !== undefined && !this.existing.has(own);
    const cost = isNew ? "catalog only" : this.cost(rule, object);
    const { mode } = rule;
    return {
      lock:
        mode === undefined || relations.length === 0
          ? undefined
          : { mode, relations: [...new Set(relations)] },
      cost,
    };
  }

  private cost({ cost }: StatementRule, key: ObjectKey): Cost {
    const [is, wanted] = [this.from.objects.get(key), this.to.objects.get(key)];
    switch (cost) {
      case "column":
        return wanted !== undefined && rewritesForColumn(wanted, this.to)
          ? "rewrites the table"
          : "catalog only";
      case "type":
        return is === undefined || wanted === undefined ? "rewrites the table" : this.retypeCost(is, wanted);
      default:
        return cost;
    }
  }

  private retypeCost(is: SchemaObject, wanted: SchemaObject): Cost {
    if (rewritesType([this.from, this.to], is, wanted)) return "rewrites the table";
    const isSorted = (is.attributes["collation"] ?? null) === (wanted.attributes["collation"] ?? null);
    // Indexes are built again in the new order.
    return isSorted ? "catalog only" : "reads the table";
  }
}
