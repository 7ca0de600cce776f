import { keyOf, nameIn, type ObjectKey, type Schema, type SchemaObject } from "../../schema/model.ts";
import { itemsOf } from "../../sql/parentheses.ts";
import { conversionOf } from "../column-ways.ts";
import type { Fates } from "../fates.ts";
import { partName, sqlName, textOf } from "../names.ts";
import { originsOf } from "../repair-steps.ts";

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

  /** Whether a table, or a materialised view, exists before and after, with its rows. */
  isKept(name: string): boolean {
    return (["table", "view"] as const).some((kind) => {
      const key = keyOf(kind, name);
      return this.from.objects.has(key) && this.to.objects.has(key) && !this.isNew(key);
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

  /** The value that a column will have, as SQL over the present row; undefined if that cannot be said now. */
  private valueOf(key: ObjectKey): string | undefined {
    const [wanted, is] = [this.to.objects.get(key), this.from.objects.get(key)];
    if (this.isUnchanged(key)) return partName(nameIn(key));
    if (wanted === undefined || !this.canUseNow(wanted)) return undefined;
    const type = textOf(wanted, "type") ?? "";
    if (!this.isNew(key)) return is && (conversionOf(wanted, is) ?? `${partName(is.name)}::${type}`);
    const expression = textOf(wanted, "expression");
    if (expression !== undefined)
      return this.usesKeptColumns(wanted) ? `(${expression})::${type}` : undefined;
    const preset = textOf(wanted, "default");
    // Each row may get another value.
    if (textOf(wanted, "identity") !== undefined || preset?.includes("(") === true) return undefined;
    return `${preset === undefined ? "NULL" : `(${preset})`}::${type}`;
  }

  /** Whether the columns that an object uses exist now as they will be. */
  usesKeptColumns({ kind, name, needs }: SchemaObject): boolean {
    const own = keyOf(kind, name);
    return needs.every((need) => !need.startsWith("column ") || need === own || this.isUnchanged(need));
  }

  /** Whether the script changes the values of a column that an object uses. */
  changesValuesOf({ needs }: SchemaObject): boolean {
    return needs.some((need) => need.startsWith("column ") && !this.isUnchanged(need));
  }

  /**
   * What to put after FROM to get the rows that a part of a table will find; undefined if that cannot be said now.
   * @param only leaves out the rows of tables that inherit it
   */
  source(table: string, part: SchemaObject, only: boolean): string | undefined {
    const columns = part.needs.filter((need) => need.startsWith(`column ${table}.`));
    const from = `${only && this.parents.has(table) ? "ONLY " : ""}${sqlName(table)}`;
    if (columns.every((column) => this.isUnchanged(column))) return from;
    const values = columns.map((column) => {
      const [value, own] = [this.valueOf(column), partName(nameIn(column))];
      return value === undefined || value === own ? value : `${value} AS ${own}`;
    });
    if (values.includes(undefined)) return undefined;
    return `(SELECT tableoid, ctid, ${values.join(", ")} FROM ${from})`;
  }
}
