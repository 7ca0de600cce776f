import type { SchemaObject } from "../schema/model.ts";
import { parentOf, partsOfName } from "../schema/names.ts";
import { argumentsAt } from "../sql/parentheses.ts";
import { identifier } from "../sql/quote.ts";

/** A name of the reader as SQL, every part quoted: which words are keywords differs between majors. */
export function sqlName(name: string): string {
  return partsOfName(name).map(identifier).join(".");
}

/** The name of a function or operator without the types of its arguments; a parenthesis in the name itself is quoted. */
export function withoutTypes(name: string): string {
  return /^(?:"(?:[^"]|"")*"|[^("])*/.exec(name)?.[0] ?? name;
}

/** `KEY = value` for each value that is set. */
function optionsOf(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .flatMap(([key, value]) => (typeof value === "string" && value !== "" ? [`${key} = ${value}`] : []))
    .join(", ");
}

function functionName(value: unknown): string | undefined {
  return typeof value === "string" ? withoutTypes(value) : undefined;
}

function quoted(value: unknown): string | undefined {
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : undefined;
}

function aggregate({ name, attributes }: SchemaObject): string {
  const options = optionsOf({
    SFUNC: functionName(attributes["transition"]),
    STYPE: attributes["stateType"],
    FINALFUNC: functionName(attributes["final"]),
    INITCOND: quoted(attributes["initialState"]),
  });
  return `CREATE AGGREGATE ${sqlName(withoutTypes(name))}(${attributes["parameters"] || "*"}) (${options}${attributes["finalExtra"] === true ? ", FINALFUNC_EXTRA" : ""})`;
}

function operator({ name, attributes }: SchemaObject): string {
  const own = withoutTypes(name);
  const [left, right] = argumentsAt(name, own.length) ?? [];
  const operands = optionsOf({ LEFTARG: left === "NONE" ? undefined : left, RIGHTARG: right });
  const schema = parentOf(own);
  return `CREATE OPERATOR ${sqlName(schema)}.${own.slice(schema.length + 1)} (${operands}, FUNCTION = ${functionName(attributes["function"])})`;
}

function cast({ name, attributes }: SchemaObject): string {
  const { method, function: used, context } = attributes;
  const how =
    { function: `WITH FUNCTION ${used}`, inout: "WITH INOUT" }[String(method)] ?? "WITHOUT FUNCTION";
  return `CREATE CAST ${name} ${how}${context === "explicit" ? "" : ` AS ${context}`}`;
}

function collation({ name, attributes }: SchemaObject): string {
  const { provider, locale, collate, ctype, deterministic } = attributes;
  const options = optionsOf({
    PROVIDER: provider,
    LOCALE: quoted(locale),
    LC_COLLATE: quoted(collate),
    LC_CTYPE: quoted(ctype),
    DETERMINISTIC: deterministic === false ? "false" : undefined,
  });
  return `CREATE COLLATION ${sqlName(name)} (${options})`;
}

/** A range type without its functions, which no expression needs. */
function rangeType({ name, attributes }: SchemaObject): string {
  const { subtype, operatorClass, collation: order, multirange } = attributes;
  const options = optionsOf({
    SUBTYPE: subtype,
    SUBTYPE_OPCLASS: operatorClass,
    COLLATION: order,
    MULTIRANGE_TYPE_NAME:
      typeof multirange === "string" && !multirange.includes(".")
        ? `${sqlName(parentOf(name))}.${multirange}`
        : multirange,
  });
  return `CREATE TYPE ${sqlName(name)} AS RANGE (${options})`;
}

/** The name of a family or class, and its method. */
function withMethod(name: string): readonly [name: string, method: string] {
  const at = name.lastIndexOf(" USING ");
  return [sqlName(name.slice(0, at)), name.slice(at)];
}

function operatorClass({ name, attributes }: SchemaObject): string {
  const [own, method] = withMethod(name);
  const [family] = withMethod(String(attributes["family"]));
  const items = (list: unknown) => argumentsAt(`(${list ?? ""})`, 0)?.filter((item) => item !== "") ?? [];
  const members = [
    ...items(attributes["operators"]).map((item) => `OPERATOR ${item}`),
    ...items(attributes["functions"]).map((item) => `FUNCTION ${item}`),
    ...(typeof attributes["storage"] === "string" ? [`STORAGE ${attributes["storage"]}`] : []),
  ];
  return `CREATE OPERATOR CLASS ${own}${attributes["default"] === true ? " DEFAULT" : ""} FOR TYPE ${attributes["type"]}${method} FAMILY ${family} AS ${members.join(", ")}`;
}

/**
 * The statement that recreates an object of a rare kind as far as the texts of other objects depend on it: they name
 * it, and PostgreSQL resolves the name. None for kinds that no expression names.
 */
export function rareDefinition(object: SchemaObject): readonly string[] {
  const { kind, name, attributes } = object;
  switch (kind) {
    case "aggregate":
      return [aggregate(object)];
    case "operator":
      return attributes["function"] === null ? [] : [operator(object)];
    case "cast":
      return [cast(object)];
    case "collation":
      return [collation(object)];
    case "operator family":
      return [`CREATE OPERATOR FAMILY ${withMethod(name).join("")}`];
    case "operator class":
      return [operatorClass(object)];
    case "text search dictionary":
      return [
        `CREATE TEXT SEARCH DICTIONARY ${sqlName(name)} (TEMPLATE = ${attributes["template"]}${typeof attributes["options"] === "string" ? `, ${attributes["options"]}` : ""})`,
      ];
    case "text search configuration":
      return [`CREATE TEXT SEARCH CONFIGURATION ${sqlName(name)} (PARSER = ${attributes["parser"]})`];
    case "type":
      return [rangeType(object)];
    default:
      return [];
  }
}
