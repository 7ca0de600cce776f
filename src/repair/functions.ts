import type { SchemaObject } from "../schema/model.ts";
import { itemsOf } from "../sql/parentheses.ts";
import { readableIdentifier } from "../sql/readable-identifier.ts";
import type { KindSql } from "./kind.ts";
import { bodyLiteral, textLiteral } from "./literals.ts";
import { clause, functionName, isSet, sqlName, textOf, withoutTypes } from "./names.ts";

/** Settings whose values are lists of names, which the catalog stores as SQL (GUC_LIST_QUOTE in guc_tables.c). */
const lists = /^(search_path|temp_tablespaces|(local|session|shared)_preload_libraries)$/;

/** Names of a list as SQL: an identifier cannot be empty, as in `search_path = ''`, but a text can. */
function listOfNames(value: string): string {
  return itemsOf(value)
    .map((item) => (item === '""' ? "''" : item))
    .join(", ");
}

function settingsOf(text: string | undefined): string {
  if (text === undefined) return "";
  return text
    .split(/, (?=[A-Za-z_][\w.]*=)/)
    .map((setting) => {
      const at = setting.indexOf("=");
      const [name, value] = [setting.slice(0, at), setting.slice(at + 1)];
      return `\n SET ${name} = ${lists.test(name) ? listOfNames(value) : textLiteral(value)}`;
    })
    .join("");
}

function bodyOf(object: SchemaObject): string {
  const body = textOf(object, "body") ?? "";
  const library = textOf(object, "library");
  const isStandard = textOf(object, "language") === "sql" && /^(RETURN|BEGIN ATOMIC)\b/.test(body);
  if (isStandard) return `\n${body}`;
  return library === undefined
    ? `\nAS ${bodyLiteral(body)}`
    : `\nAS ${textLiteral(library)}, ${textLiteral(body)}`;
}

function createFunction(object: SchemaObject): string {
  const { attributes } = object;
  const isProcedure = textOf(object, "type") === "procedure";
  const language = textOf(object, "language") ?? "";
  const usualCost = language === "c" || language === "internal" ? 1 : 100;
  const returns = textOf(object, "returns");
  const usualRows = returns?.startsWith("SETOF ") || returns?.startsWith("TABLE(") ? 1000 : 0;
  const properties = [
    textOf(object, "type") === "window function" ? "WINDOW" : "",
    textOf(object, "volatility") === "volatile" ? "" : (textOf(object, "volatility") ?? "").toUpperCase(),
    isSet(object, "leakproof") ? "LEAKPROOF" : "",
    isSet(object, "strict") ? "STRICT" : "",
    textOf(object, "parallel") === "unsafe" ? "" : `PARALLEL ${textOf(object, "parallel")?.toUpperCase()}`,
    attributes["cost"] === usualCost ? "" : `COST ${attributes["cost"]}`,
    attributes["rows"] === usualRows ? "" : `ROWS ${attributes["rows"]}`,
    clause("SUPPORT ", textOf(object, "support")).trim(),
  ].filter((property) => property !== "");
  return [
    `CREATE ${isProcedure ? "PROCEDURE" : "FUNCTION"} ${sqlName(withoutTypes(object.name))}(${textOf(object, "arguments") ?? ""})`,
    isProcedure ? "" : clause("RETURNS ", returns),
    `\n LANGUAGE ${readableIdentifier(language)}`,
    isProcedure ? "" : properties.map((property) => ` ${property}`).join(""),
    isSet(object, "securityDefiner") ? " SECURITY DEFINER" : "",
    settingsOf(textOf(object, "settings")),
    bodyOf(object),
  ].join("");
}

export const functions: KindSql = {
  identity: (object) =>
    `${textOf(object, "type") === "procedure" ? "PROCEDURE" : "FUNCTION"} ${functionName(object.name)}`,
  create: (object) => [createFunction(object)],
};
