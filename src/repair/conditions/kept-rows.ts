import { keyOf, nameIn, type ObjectKey, type Schema, type SchemaObject } from "../../schema/model.ts";
import { itemsOf } from "../../sql/parentheses.ts";
import { conversionOf } from "../column-ways.ts";
import type { Fates } from "../fates.ts";
import { partName, sqlName, textOf } from "../names.ts";
import { originsOf } from "../origins.ts";
import { castTrial } from "./cast-trial.ts";
import { alwaysCasts } from "./casts.ts";
import type { Trial } from "./condition.ts";
import { canFail } from "./expressions.ts";

/** What to put after FROM, and the functions that it calls. */
export interface Source {
  readonly sql: string;
  readonly trials: readonly Trial[];
  /** One row of it, if all rows are alike, as their columns are new. */
  readonly likeness?: string | undefined;
}

/** The value that a column will have, as SQL over the present row. */
interface Value {
  readonly sql: string;
  readonly trial?: Trial;
  /** Whether each row has it. */
  readonly isSame?: true;
}

/** The rows that a script finds: what they are now, and what they will be when it needs them. */
export class KeptRows {
  readonly from: Schema;
  readonly to: Schema;
  readonly fates: Fates;
  private readonly parents: ReadonlySet<string>;

  constructor(from: Schema, to: Schema, fates: Fates) {
    this.from = from;
    this.to = to;
    this.fates = fates;
    this.parents = new Set(
      [...from.objects.values()].flatMap(({ attributes }) => itemsOf(String(attributes["inherits"] ?? ""))),
    );
  }

  /** Whether a script creates an object, or creates it again. */
  isNew(key: ObjectKey): boolean {
    return ["create", "rebuild"].includes(this.fates.of.get(key) ?? "");
  }

  /** Whether a table, or a materialised view, exists before and after, with its rows: no check reads those of foreign ones. */
  isKept(name: string): boolean {
    return (["table", "view"] as const).some((kind) => {
      const key = keyOf(kind, name);
      const isLocal = this.from.objects.get(key)?.attributes["type"] !== "foreign table";
      return this.from.objects.has(key) && this.to.objects.has(key) && !this.isNew(key) && isLocal;
    });
  }

  /** Whether everything that an object uses, except columns, exists now as the script leaves it. */
  canUseNow({ needs }: SchemaObject): boolean {
    return needs.every(
      (need) =>
        /^(?:column|table|schema|constraint|index) /.test(need) ||
        (this.from.objects.has(need) && this.fates.of.get(need) === undefined),
    );
  }

  /** Whether a column exists now with the type and the values that it will have. */
  private isUnchanged(key: ObjectKey): boolean {
    return originsOf(key, this.to).every(
      (origin) =>
        !this.isNew(origin) &&
        ["type", "collation"].every((name) => this.fates.changes.get(origin)?.has(name) !== true),
    );
  }

  /** Undefined if it cannot be said now. */
  private valueOf(key: ObjectKey, number: number): Value | undefined {
    const [wanted, is] = [this.to.objects.get(key), this.from.objects.get(key)];
    if (this.isUnchanged(key)) return { sql: partName(nameIn(key)) };
    if (wanted === undefined || !this.canUseNow(wanted)) return undefined;
    const type = textOf(wanted, "type") ?? "";
    if (!this.isNew(key)) return is && this.retypedValue(wanted, is, number);
    const expression = textOf(wanted, "expression");
    if (expression !== undefined)
      return this.usesKeptColumns(wanted) && !canFail(expression)
        ? { sql: `(${expression})::${type}` }
        : undefined;
    const preset = textOf(wanted, "default");
    // Each row may get another value.
    if (textOf(wanted, "identity") !== undefined || preset?.includes("(") === true) return undefined;
    return { sql: `${preset === undefined ? "NULL" : `(${preset})`}::${type}`, isSame: true };
  }

  /** Whether one of the columns of a key is new and has no value in any row. */
  hasNull(table: string, columns: string): boolean {
    return itemsOf(columns).some((column) => {
      const key = keyOf("column", `${table}.${column}`);
      const wanted = this.to.objects.get(key);
      const given = ["default", "identity", "expression"];
      return (
        wanted !== undefined && this.isNew(key) && given.every((name) => textOf(wanted, name) === undefined)
      );
    });
  }

  private retypedValue(wanted: SchemaObject, is: SchemaObject, number: number): Value {
    const [before, type] = [textOf(is, "type") ?? "", textOf(wanted, "type") ?? ""];
    const own = partName(is.name);
    const sql = conversionOf(wanted, is) ?? `${own}::${type}`;
    if (alwaysCasts(before, type)) return { sql };
    // Values that do not fit are found by the condition of the column.
    const name = `fits_${number}`;
    return { sql: `CASE WHEN pg_temp.${name}(${own}) THEN ${sql} END`, trial: castTrial(name, wanted, is) };
  }

  /** Whether the columns that an object uses exist now as they will be. */
  usesKeptColumns({ kind, name, needs }: SchemaObject): boolean {
    const own = keyOf(kind, name);
    return needs.every((need) => !need.startsWith("column ") || need === own || this.isUnchanged(need));
  }

  /**
   * The rows that a part of a table will find; undefined if they cannot be said now.
   * @param only leaves out the rows of tables that inherit it
   */
  source(table: string, part: SchemaObject, only: boolean): Source | undefined {
    const columns = part.needs.filter((need) => need.startsWith(`column ${table}.`));
    const from = `${only && this.parents.has(table) ? "ONLY " : ""}${sqlName(table)}`;
    if (columns.every((column) => this.isUnchanged(column))) return { sql: from, trials: [] };
    const values = columns.flatMap((column, i) => this.valueOf(column, i + 1) ?? []);
    if (values.length < columns.length) return undefined;
    const list = values.map(({ sql }, i) => {
      const own = partName(nameIn(columns[i] ?? "column "));
      return sql === own ? sql : `${sql} AS ${own}`;
    });
    return {
      sql: `(SELECT tableoid, ctid, ${list.join(", ")} FROM ${from})`,
      trials: values.flatMap(({ trial }) => trial ?? []),
      likeness: values.every(({ isSame }) => isSame) ? `(SELECT ${list.join(", ")})` : undefined,
    };
  }
}
