import { sqlName, textOf } from "../repair/names.ts";
import { append } from "../schema/append.ts";
import { keyOf, type Schema, type SchemaObject } from "../schema/model.ts";
import { ownName, parentOf } from "../schema/names.ts";
import { itemsOf } from "../sql/parentheses.ts";
import { valuesOfCheck } from "./check-values.ts";

const texts = ["1", "a", "ä😀 '\\", "", "0013"];

/** Values at the edges of PostgreSQL's types, as text. */
const samples: readonly (readonly [type: RegExp, values: readonly string[]])[] = [
  [/^smallint$/, ["1", "32767", "-32768", "0"]],
  [/^(integer|oid)$/, ["1", "2147483647", "-2147483648", "0"]],
  [/^bigint$/, ["1", "9223372036854775807", "-9223372036854775808", "0"]],
  [/^(real|double precision)$/, ["1", "0.5", "-1", "0", "1e30", "NaN", "Infinity"]],
  [/^money$/, ["1", "0", "0.5", "-1"]],
  [/^boolean$/, ["true", "false"]],
  [/^uuid$/, ["00000000-0000-0000-0000-000000000001", "ffffffff-ffff-ffff-ffff-ffffffffffff"]],
  [/^(date$|timestamp)/, ["2000-01-01", "2025-06-01 12:34:56.789012", "4713-01-01 BC", "9999-12-31"]],
  [/^time/, ["00:00:00", "23:59:59.999999", "12:00:00.5"]],
  [/^interval/, ["1 day", "-1 second", "1 mon 2 days 03:04:05.678"]],
  [/^jsonb?$/, ['{"a": [1, null]}', "null", "[]", '"text"', "1"]],
  [/^jsonpath$/, ["$", "$.a[*]"]],
  [/^(int|num)(4|8)?range$/, ["[1,5)", "empty", "(,)", "[10,20)"]],
  [/^daterange$/, ["[2000-01-01,2001-01-01)", "empty", "(,2020-01-01)"]],
  [/^tst?z?range$/, ["[2000-01-01,2001-01-01)", "empty", "(,2020-01-01)"]],
  [/^(int|num)(4|8)?multirange$/, ["{[1,5),[7,9)}", "{}", "{(,)}"]],
  [/multirange$/, ["{[2000-01-01,2001-01-01)}", "{}"]],
  [/^(inet|cidr)$/, ["127.0.0.1", "::1", "10.0.0.0/8"]],
  [/^macaddr$/, ["08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff"]],
  [/^macaddr8$/, ["08:00:2b:01:02:03:04:05", "ff:ff:ff:ff:ff:ff:ff:ff"]],
  [/^point$/, ["(1,2)", "(-1e10,0.5)"]],
  [/^line$/, ["{1,2,3}", "{-1,0,5}"]],
  [/^(lseg|box|path)$/, ["((0,0),(1,1))", "((2,2),(5,5))"]],
  [/^polygon$/, ["((0,0),(1,1),(2,0))", "((5,5),(6,6),(7,5))"]],
  [/^circle$/, ["<(0,0),1>", "<(9,9),2>"]],
  [/^bytea$/, ["\\x01", "\\xdeadbeef", "\\x"]],
  [/^xml$/, ["<a/>", "<a b='c'>d</a>"]],
  [/^tsvector$/, ["'a':1 'b':2", ""]],
  [/^tsquery$/, ["a & b", "a"]],
  [/^pg_lsn$/, ["0/1", "16/B374D848"]],
];

/** The largest number and the smallest fraction of `numeric(5,2)`. */
function numbers([precision, scale = 0]: readonly number[]): string[] {
  if (precision === undefined)
    return ["1", "0", "0.5", "-1", "123456789012345678901234567890.123456789", "NaN"];
  const whole = "9".repeat(Math.max(precision - scale, 0));
  const largest = `${whole === "" ? "0" : whole}${scale > 0 ? `.${"9".repeat(scale)}` : ""}`;
  return precision > scale ? ["1", largest, `-${largest}`, "0"] : [largest, "0"];
}

function quoted(value: string): string {
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

interface Check {
  readonly expression: string;
  /** Whether it now concerns this column and no other one. */
  readonly isAlone: boolean;
}

/** Candidates for values of columns: the likeliest first. */
export class SampleValues {
  private readonly types = new Map<string, SchemaObject>();
  private readonly checks = new Map<string, Check[]>();
  private readonly bounds = new Map<string, string[]>();
  private readonly partitionKeys = new Map<string, string>();

  /** @param wanted another schema of the same tables, whose constants are also candidates */
  constructor(schema: Schema, wanted: Schema) {
    for (const object of schema.objects.values())
      if (object.kind === "type") this.types.set(sqlName(object.name), object);
    this.addConstants(schema, true);
    if (wanted !== schema) this.addConstants(wanted, false);
  }

  private addConstants(schema: Schema, isPresent: boolean): void {
    for (const object of schema.objects.values()) {
      if (object.kind === "table") this.addTable(object);
      if (object.kind !== "constraint" || textOf(object, "type") !== "check") continue;
      const columns = object.needs.filter((need) => need.startsWith("column "));
      for (const column of columns)
        this.addCheck(column, textOf(object, "expression") ?? "", isPresent && columns.length === 1);
    }
  }

  private addTable(table: SchemaObject): void {
    const [parent, key] = [textOf(table, "partitionOf"), textOf(table, "partitionKey")];
    if (key !== undefined) this.partitionKeys.set(table.name, key);
    if (parent === undefined) return;
    append(this.bounds, parent, textOf(table, "partitionBound") ?? "");
  }

  private addCheck(column: string, expression: string, isAlone: boolean): void {
    append(this.checks, column, { expression, isAlone });
  }

  private allChecksOf(column: SchemaObject): readonly Check[] {
    return this.checks.get(keyOf("column", column.name)) ?? [];
  }

  /** The checks of a column alone. */
  checksOf(column: SchemaObject): readonly string[] {
    return this.allChecksOf(column).flatMap(({ expression, isAlone }) => (isAlone ? [expression] : []));
  }

  /** Whether a candidate may be refused, so that it must be tried. */
  isUncertain(column: SchemaObject): boolean {
    const type = textOf(column, "type") ?? "";
    return this.checksOf(column).length > 0 || this.valuesOfBuiltIn(type) === undefined || type.includes("(");
  }

  /** Candidates for a column, as text. */
  of(column: SchemaObject): readonly string[] {
    const type = textOf(column, "type") ?? "";
    const special = [
      ...this.allChecksOf(column).flatMap(({ expression }) => valuesOfCheck(expression)),
      ...this.boundsOf(column),
    ];
    return [...new Set([...special.slice(0, 24), ...this.ofType(type)])];
  }

  /** The values in the bounds of partitions, for a column of the key. */
  private boundsOf({ name }: SchemaObject): string[] {
    const table = parentOf(name);
    if (this.partitionKeys.get(table)?.includes(ownName(name)) !== true) return [];
    return (this.bounds.get(table) ?? []).flatMap((bound) =>
      [...bound.matchAll(/'((?:[^']|'')*)'|-?\d+/g)].map(([all, text]) => text?.replaceAll("''", "'") ?? all),
    );
  }

  private valuesOfBuiltIn(type: string): readonly string[] | undefined {
    const [, base = type, sizes = ""] = /^([a-z ]+?)(?:\(([\d,]+)\))?$/.exec(type) ?? [];
    const size = sizes === "" ? [] : sizes.split(",").map(Number);
    if (base === "numeric") return numbers(size);
    if (/^bit\b/.test(base)) return ["1", "0"].map((bit) => bit.repeat(size[0] ?? 1));
    if (/^(text|character varying|character|bpchar|name)$/.test(base)) return texts;
    return samples.find(([pattern]) => pattern.test(type))?.[1];
  }

  /** Candidates for a type. */
  private ofType(type: string): readonly string[] {
    if (type.endsWith("[]")) {
      const items = this.ofType(type.slice(0, -2)).slice(0, 3).map(quoted);
      return [`{${items[0] ?? ""}}`, `{${[...items, "NULL"].join(",")}}`, "{}"];
    }
    const own = this.types.get(type);
    if (own === undefined) return this.valuesOfBuiltIn(type) ?? texts;
    const [labels, base] = [textOf(own, "values"), textOf(own, "baseType")];
    if (labels !== undefined) return itemsOf(labels).map((label) => label.slice(1, -1).replaceAll("''", "'"));
    if (base !== undefined) return [...valuesOfCheck(textOf(own, "checks") ?? ""), ...this.ofType(base)];
    const subtype = textOf(own, "subtype");
    if (subtype !== undefined) return this.ranges(subtype);
    return this.composites(itemsOf(textOf(own, "fields") ?? ""));
  }

  private ranges(subtype: string): string[] {
    const [low = "", high = ""] = this.ofType(subtype).map(quoted);
    return [`[${low},${low}]`, "empty", "(,)", `[${low},${high}]`, `[${high},${low}]`];
  }

  private composites(fields: readonly string[]): string[] {
    const values = fields.map((field) => this.ofType(field.replace(/^("(?:[^"]|"")+"|[^ ]+) /, "")));
    const row = (turn: number) =>
      `(${values.map((list) => quoted(list[turn % Math.max(list.length, 1)] ?? "")).join(",")})`;
    return [row(0), row(1), `(${fields.map(() => "").join(",")})`];
  }
}
