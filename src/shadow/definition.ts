import { kindSql } from "../repair/kinds.ts";
import { sqlName, withoutTypes } from "../repair/names.ts";
import { rangeType } from "../repair/types.ts";
import type { Kind, SchemaObject } from "../schema/model.ts";
import { partsOfName, relationName } from "../schema/names.ts";
import { itemsOf } from "../sql/parentheses.ts";
import { dollarQuoted, identifier } from "../sql/quote.ts";

/** How to write a deparsed expression as SQL: unchanged, or in another syntax. */
export type Rewrite = (text: string) => string;

/** Other kinds whose objects expressions name. */
const named: ReadonlySet<Kind> = new Set([
  "aggregate",
  "operator",
  "cast",
  "collation",
  "operator family",
  "operator class",
  "text search dictionary",
  "text search configuration",
]);

/** The parts of a table's definition: its columns, its primary key and unique constraints. */
export interface TableParts {
  readonly columns: readonly SchemaObject[];
  readonly keys: readonly SchemaObject[];
}

/** The name of a part's table, as SQL. */
function tableOf(name: string): string {
  return partsOfName(name).slice(0, -1).map(identifier).join(".");
}

/** The last part of a name, as SQL. */
function partOf(name: string): string {
  return identifier(partsOfName(name).at(-1) ?? "");
}

type Text = (attribute: string) => string | undefined;

function clause(keyword: string, text: string | undefined): string {
  return text === undefined ? "" : ` ${keyword} (${text})`;
}

function typeDefinition({ name, attributes }: SchemaObject, text: Text): string | undefined {
  const { type } = attributes;
  if (type === "enum") return `CREATE TYPE ${sqlName(name)} AS ENUM (${attributes["values"] ?? ""})`;
  if (type === "composite") return `CREATE TYPE ${sqlName(name)} AS (${attributes["fields"] ?? ""})`;
  if (type !== "domain") return undefined;
  const [collation, checks, preset] = [text("collation"), text("checks"), text("default")];
  return [
    `CREATE DOMAIN ${sqlName(name)} AS ${attributes["baseType"]}`,
    ...(collation === undefined ? [] : [`COLLATE ${collation}`]),
    ...(preset === undefined ? [] : [`DEFAULT ${preset}`]),
    ...(checks === undefined ? [] : itemsOf(checks).map((check) => `CONSTRAINT ${withoutValidity(check)}`)),
  ].join(" ");
}

/** A CHECK of a new domain is always valid: only ALTER DOMAIN accepts NOT VALID. */
function withoutValidity(check: string): string {
  return check.replace(/ NOT VALID$/, "");
}

function columnDefinition({ name, attributes }: SchemaObject, expression?: string): string {
  const { type, collation, generated } = attributes;
  return [
    `${partOf(name)} ${type}`,
    ...(typeof collation === "string" ? [`COLLATE ${collation}`] : []),
    ...(expression === undefined ? [] : [`GENERATED ALWAYS AS (${expression}) ${generated}`]),
  ].join(" ");
}

/** Partitions become child tables: no expression depends on bounds and partition keys. */
function tableDefinition(
  { name, attributes }: SchemaObject,
  { columns, keys }: TableParts,
  expressionOf: (column: SchemaObject) => string | undefined,
): string {
  const parents = attributes["partitionOf"] ?? attributes["inherits"];
  const items = [
    ...columns.map((column) => columnDefinition(column, expressionOf(column))),
    // A view that groups by a primary key may show the other columns (manual, section 7.2.3); ON CONFLICT names
    // constraints.
    ...keys.map(
      ({ name: key, attributes: { type, columns: list } }) =>
        `CONSTRAINT ${partOf(key)} ${type === "unique" ? "UNIQUE" : "PRIMARY KEY"} (${list})`,
    ),
  ];
  const inherits =
    typeof parents === "string" ? ` INHERITS (${itemsOf(parents).map(sqlName).join(", ")})` : "";
  return `CREATE TABLE ${sqlName(name)} (${items.join(", ")})${inherits}`;
}

/** The elements of an index: columns or expressions, with operator classes that are not the default. */
function keyElements({ operatorClasses }: SchemaObject["attributes"], text: Text): string[] {
  const classes = typeof operatorClasses === "string" ? itemsOf(operatorClasses) : [];
  return itemsOf(text("columns") ?? "").map((column, i) => {
    const name = classes[i] ?? "default";
    return name === "default" ? column : `${column} ${name}`;
  });
}

function constraintDefinitions({ name, attributes }: SchemaObject, text: Text): string[] {
  const add = `ALTER TABLE ${tableOf(name)} ADD CONSTRAINT ${partOf(name)}`;
  if (attributes["type"] === "check")
    return [`${add} CHECK (${text("expression")})${attributes["noInherit"] === true ? " NO INHERIT" : ""}`];
  if (attributes["type"] !== "exclusion") return [];
  const operators = itemsOf(String(attributes["operators"]));
  const elements = keyElements(attributes, text).map((element, i) => `${element} WITH ${operators[i]}`);
  return [
    `${add} EXCLUDE USING ${attributes["method"]} (${elements.join(", ")})${clause("WHERE", text("predicate"))}`,
  ];
}

function functionDefinition({ name, attributes }: SchemaObject, text: Text): string[] {
  const { type, arguments: parameters, returns, language, volatility } = attributes;
  const own = withoutTypes(name);
  const isProcedure = type === "procedure";
  const head = [
    `CREATE ${isProcedure ? "PROCEDURE" : "FUNCTION"} ${sqlName(own)}(${text("arguments") ?? parameters ?? ""})`,
    ...(isProcedure || returns === null ? [] : [`RETURNS ${returns}`]),
    ...(isProcedure ? [] : [String(volatility)]),
  ].join(" ");
  const body = text("body") ?? "";
  const isStandard = language === "sql" && /^(RETURN|BEGIN ATOMIC)\b/.test(body);
  return [
    isStandard
      ? `${head} LANGUAGE sql ${body}`
      : `${head} LANGUAGE ${identifier(String(language))} AS ${dollarQuoted(body)}`,
    // Callers only need its name and types; the language or library may be missing here.
    `${head} LANGUAGE plpgsql AS ''`,
  ];
}

function triggerDefinition({ name, attributes }: SchemaObject, text: Text): string {
  const { timing, events, level } = attributes;
  const condition = text("condition");
  return `CREATE TRIGGER ${partOf(name)} ${timing} ${itemsOf(String(events)).join(" OR ")} ON ${tableOf(name)} FOR EACH ${level}${clause("WHEN", condition)} EXECUTE FUNCTION ${sqlName(String(attributes["function"]))}()`;
}

function ruleDefinition({ name, attributes }: SchemaObject, text: Text): string {
  return `CREATE RULE ${partOf(name)} AS ON ${attributes["event"]} TO ${tableOf(name)}${clause("WHERE", text("condition"))} DO ${attributes["instead"] === true ? "INSTEAD " : ""}${text("definition")?.replace(/;\s*$/, "")}`;
}

/**
 * Statements that recreate an object as far as deparsed expressions depend on it. They are alternatives, the best
 * first; none for an object without expressions that nothing needs.
 * @param rewrite how to write expressions
 * @param parts of a table
 */
export function definitionsOf(
  object: SchemaObject,
  rewrite: Rewrite,
  parts: TableParts = { columns: [], keys: [] },
): readonly string[] {
  const { kind, name, attributes } = object;
  const text: Text = (attribute) => {
    const value = attributes[attribute];
    return typeof value === "string" ? rewrite(value) : undefined;
  };
  switch (kind) {
    case "schema":
      return [`CREATE SCHEMA IF NOT EXISTS ${sqlName(name)}`];
    case "extension":
      return [`CREATE EXTENSION ${sqlName(name)} SCHEMA ${attributes["schema"]}`];
    case "type": {
      // Its canonical function, which it would need first, is named by no expression.
      if (attributes["type"] === "range") return [rangeType(object)];
      const type = typeDefinition(object, text);
      return type === undefined ? [] : [type];
    }
    case "sequence":
      return [`CREATE SEQUENCE ${sqlName(name)} AS ${attributes["type"]}`];
    case "table":
      return [
        tableDefinition(object, parts, ({ attributes: { expression } }) =>
          typeof expression === "string" ? rewrite(expression) : undefined,
        ),
        tableDefinition(object, parts, () => undefined),
      ];
    case "column": {
      const preset = text("default");
      return preset === undefined
        ? []
        : [`ALTER TABLE ${tableOf(name)} ALTER COLUMN ${partOf(name)} SET DEFAULT ${preset}`];
    }
    case "constraint":
      return constraintDefinitions(object, text);
    case "index":
      return [
        `CREATE INDEX ${partOf(name)} ON ${tableOf(name)} USING ${attributes["method"]} (${keyElements(attributes, text).join(", ")})${clause("WHERE", text("predicate"))}`,
      ];
    case "view": {
      const query = text("definition")?.replace(/;\s*$/, "");
      return attributes["materialized"] === true
        ? [`CREATE MATERIALIZED VIEW ${sqlName(name)} AS ${query} WITH NO DATA`]
        : [`CREATE VIEW ${sqlName(name)} AS ${query}`];
    }
    case "function":
      return functionDefinition(object, text);
    case "trigger":
      return [triggerDefinition(object, text)];
    case "rule":
      return [ruleDefinition(object, text)];
    case "policy":
      return [
        `CREATE POLICY ${partOf(name)} ON ${tableOf(name)} FOR ${attributes["command"]}${clause("USING", text("using"))}${clause("WITH CHECK", text("withCheck"))}`,
      ];
    case "statistics object":
      return [`CREATE STATISTICS ${sqlName(relationName(name))} ON ${text("columns")} FROM ${tableOf(name)}`];
    default:
      return named.has(kind) ? (kindSql[kind]?.create(object).slice(0, 1) ?? []) : [];
  }
}
